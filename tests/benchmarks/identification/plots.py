"""Plots of shares against shares, as SVG."""

from collections.abc import Mapping, Sequence
from html import escape

_SIZE, _LEFT, _TOP = 360, 60, 40
_COLOURS = ("#1b6ca8", "#d1495b", "#2e933c", "#8d6a9f", "#edae49", "#30323d")
_MAX_POINTS = 300


def draw_shares(
    lines: Mapping[str, Sequence[tuple[float, float]]],
    *,
    title: str,
    x_title: str,
    y_title: str,
    diagonal: bool = False,
) -> str:
    """An SVG of lines from (0, 0) to (1, 1), by their names; with the diagonal where it means something."""
    parts = [_frame(title, x_title, y_title)]
    if diagonal:
        parts.append(_line([(0.0, 0.0), (1.0, 1.0)], "#999999", dashed=True))
    for number, (name, points) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        parts += [_line(_thin(points), colour), _key(name, colour, number)]
    width, height = _LEFT + _SIZE + 170, _TOP + _SIZE + 60
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" '
        f'font-size="12">\n<rect width="100%" height="100%" fill="white"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _thin(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    step = max(1, len(points) // _MAX_POINTS)
    return [*points[::step], *points[-1:]]


def _frame(title: str, x_title: str, y_title: str) -> str:
    parts = [
        f'<rect x="{_LEFT}" y="{_TOP}" width="{_SIZE}" height="{_SIZE}" fill="none" stroke="black"/>',
        _text(title, _LEFT + _SIZE / 2, _TOP - 15, size=14),
        _text(x_title, _LEFT + _SIZE / 2, _TOP + _SIZE + 45),
        f'<g transform="rotate(-90 18 {_TOP + _SIZE / 2})">{_text(y_title, 18, _TOP + _SIZE / 2)}</g>',
    ]
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        parts.append(_text(f"{tick:.1f}", _x(tick), _TOP + _SIZE + 20))
        parts.append(_text(f"{tick:.1f}", _LEFT - 20, _y(tick) + 4))
        for line in ([(0.0, tick), (1.0, tick)], [(tick, 0.0), (tick, 1.0)]):
            parts.append(_line(line, "#e5e5e5"))
    return "\n".join(parts)


def _line(points: Sequence[tuple[float, float]], colour: str, *, dashed: bool = False) -> str:
    place = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    dash = ' stroke-dasharray="4 4"' if dashed else ""
    return f'<polyline points="{place}" fill="none" stroke="{colour}" stroke-width="1.5"{dash}/>'


def _key(name: str, colour: str, number: int) -> str:
    x, y = _LEFT + _SIZE + 15, _TOP + 15 + 20 * number
    swatch = f'<rect x="{x}" y="{y - 9}" width="14" height="10" fill="{colour}"/>'
    return swatch + _text(name, x + 20, y, anchor="start")


def _text(text: str, x: float, y: float, *, size: int = 12, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}">{escape(text)}</text>'


def _x(share: float) -> float:
    return _LEFT + share * _SIZE


def _y(share: float) -> float:
    return _TOP + (1 - share) * _SIZE
