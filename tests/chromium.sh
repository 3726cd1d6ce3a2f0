#!/usr/bin/env bash
# The page is tested in a real Chromium, with fonts for Chinese: installed here where that can be done.
set -euo pipefail
if command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q .; then
  exit 0
fi
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  echo "Installing Debian's Chromium and Chinese fonts for the page's tests. 正在安装 Chromium 与中文字体……"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk fontconfig >/dev/null
  exit 0
fi
echo "The page's tests need Chromium and Chinese fonts: apt-get install chromium fonts-noto-cjk (as root), then again."
exit 2
