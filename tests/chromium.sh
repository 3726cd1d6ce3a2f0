#!/usr/bin/env bash
# The page is tested in a real Chromium, with fonts for Chinese, and scanned pages with Tesseract: installed here where
# that can be done.
set -euo pipefail
if command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q . &&
  tesseract --list-langs 2>/dev/null | grep -q '^chi_sim$'; then
  exit 0
fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing Debian's Chromium, Chinese fonts and Tesseract for the tests. 正在安装 Chromium、中文字体与 Tesseract……"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig \
    tesseract-ocr tesseract-ocr-eng tesseract-ocr-chi-sim >/dev/null
  exit 0
fi
echo "The tests need Chromium, Chinese fonts and Tesseract: as root, apt-get install chromium fonts-noto-cjk tesseract-ocr"
echo "tesseract-ocr-eng tesseract-ocr-chi-sim, then again."
exit 2
