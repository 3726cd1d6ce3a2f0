#!/usr/bin/env bash
# The page is tested in a real Chromium, with fonts for Chinese, scanned pages with Tesseract, and exported reports in
# LibreOffice: installed here where that can be done.
set -euo pipefail
if command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q . &&
  tesseract --list-langs 2>/dev/null | grep -q '^chi_sim$' && command -v soffice >/dev/null; then
  exit 0
fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing Debian's Chromium, Chinese fonts, Tesseract and LibreOffice for the tests: some minutes. 正在安装 Chromium、中文字体、Tesseract 与 LibreOffice……"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig \
    tesseract-ocr tesseract-ocr-eng tesseract-ocr-chi-sim libreoffice-writer-nogui >/dev/null
  exit 0
fi
echo "The tests need Chromium, Chinese fonts, Tesseract and LibreOffice: as root, apt-get install chromium fonts-noto-cjk"
echo "tesseract-ocr tesseract-ocr-eng tesseract-ocr-chi-sim libreoffice-writer-nogui, then again."
exit 2
