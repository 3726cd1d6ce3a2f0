"""Characters of a PDF's page that nobody who looks at it sees: they are no part of its text.

Instructions to a program are hidden so: outside of the page, too small to see, drawn with no ink, or in the paper's
colour. The text of a scanned page is drawn with no ink too, and is seen: it lies on the scan, which is a picture in the
page. What is drawn in a paper's colour is looked for where it is drawn: on a dark band it is seen.
"""

from __future__ import annotations

import ctypes
from typing import Any, Literal

import numpy as np

LEAST_POINTS = 1.5  # smaller letters are none to a reader
_SCALE = 2.0  # pixels a point of the picture that is looked at
_LARGEST_SIDE = 4000  # pixels
_CONTRAST = 24  # of 255: the least between the darkest and the lightest pixel where something is seen
_WHITE = 245  # each of red, green and blue is at least so light in what may be the paper's colour
_NO_INK = 16  # of 255: opacity below which nothing is drawn
_WITHOUT_INK = (
    3,
    7,
)  # text rendering modes: https://opensource.adobe.com/dc-acrobat-sdk-docs/pdfstandards/PDF32000_2008.pdf 9.3.6

How = Literal["plain", "no ink", "pale"]


class Unseen:
    """What is not seen of one page."""

    def __init__(self, page: Any, textpage: Any) -> None:
        """Of pypdfium2's page and its text; the page is drawn only when something on it is pale."""
        self._page = page
        self._raw = textpage
        self._area = page.get_cropbox()
        self._how: dict[int, How] = {}
        self._pictures: list[tuple[float, float, float, float]] | None = None
        self._picture: np.ndarray | None = None
        self.count = 0  # characters that were not seen

    def hides(self, index: int, size: float, box: tuple[float, float, float, float]) -> bool:
        """Whether a character is seen nowhere in its box (left, bottom, right, top); `size` is in points."""
        left, bottom, right, top = box
        from_left, from_bottom, to_right, to_top = self._area
        if right <= from_left or left >= to_right or top <= from_bottom or bottom >= to_top or 0 < size < LEAST_POINTS:
            hidden = True
        else:
            how = self._drawn(index)
            hidden = (how == "no ink" and not self._is_on_picture(box)) or (how == "pale" and not self._stands_out(box))
        self.count += hidden
        return hidden

    def _drawn(self, index: int) -> How:
        """How a character is drawn, which is the same for a whole text object."""
        import pypdfium2.raw as pdfium

        made = pdfium.FPDFText_GetTextObject(self._raw, index)
        place = ctypes.cast(made, ctypes.c_void_p).value if made else None
        if place is None:
            return "plain"
        if place not in self._how:
            red, green, blue, ink = (ctypes.c_uint() for _ in range(4))
            known = bool(pdfium.FPDFText_GetFillColor(self._raw, index, red, green, blue, ink))
            if pdfium.FPDFTextObj_GetTextRenderMode(made) in _WITHOUT_INK or (known and ink.value < _NO_INK):
                self._how[place] = "no ink"
            elif known and min(red.value, green.value, blue.value) >= _WHITE:
                self._how[place] = "pale"
            else:
                self._how[place] = "plain"
        return self._how[place]

    def _is_on_picture(self, box: tuple[float, float, float, float]) -> bool:
        """Whether the character's middle is on a picture in the page, as a scan is."""
        import pypdfium2.raw as pdfium

        if self._pictures is None:
            pictures = self._page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE])
            self._pictures = [one.get_bounds() for one in pictures]
        across, up = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return any(left <= across <= right and bottom <= up <= top for left, bottom, right, top in self._pictures)

    def _stands_out(self, box: tuple[float, float, float, float]) -> bool:
        """Whether something is seen in the box, on a picture of the page."""
        if self._picture is None:
            scale = min(_SCALE, _LARGEST_SIDE / max(*self._page.get_size(), 1.0))
            self._picture = np.asarray(self._page.render(scale=scale, grayscale=True).to_numpy())
        from_left, from_bottom, to_right, to_top = self._area
        height, width = self._picture.shape[:2]
        across, down = width / (to_right - from_left), height / (to_top - from_bottom)
        left, right = int((box[0] - from_left) * across), int((box[2] - from_left) * across) + 1
        top, bottom = int((to_top - box[3]) * down), int((to_top - box[1]) * down) + 1
        seen = self._picture[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
        return bool(seen.size) and int(seen.max()) - int(seen.min()) >= _CONTRAST
