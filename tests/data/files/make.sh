#!/usr/bin/env bash
# Makes the files here again from their sources with the programs that people make such files with.
# Needs pandoc, LibreOffice (Writer and Calc) and, for the scanned page, Chromium and ImageMagick's or Python's Pillow.
set -euo pipefail
cd "$(dirname "$0")"
pandoc report.md -o pandoc-report.docx
pandoc report.md -o pandoc-report.epub
pandoc report.md --standalone -o pandoc-report.html
pandoc slides.md -o pandoc-slides.pptx
soffice --headless --convert-to docx:"MS Word 2007 XML" --outdir made guide.html
soffice --headless --convert-to pdf:writer_web_pdf_Export --outdir made guide.html
soffice --headless --infilter="CSV:44,34,76,1" --convert-to xlsx --outdir made stations.csv
mv made/guide.docx libreoffice-guide.docx
mv made/guide.pdf libreoffice-guide.pdf
mv made/stations.xlsx libreoffice-stations.xlsx
rmdir made
