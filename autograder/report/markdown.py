"""Convert Markdown of the assignment's own files to safe HTML: emphasis, code, lists and formulas only.

Raw HTML is shown as text; links, images and headings are not supported. A formula becomes MathML, which browsers render
without a script.
"""

from __future__ import annotations

import functools
from typing import Any, Final

import nh3
from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markupsafe import Markup, escape
from mdit_py_plugins.dollarmath import dollarmath_plugin

_LEFT_OUT: Final = ("image", "link", "autolink", "heading", "lheading", "html_block", "html_inline", "reference")
_MATHML: Final = frozenset(
    (
        *("math", "mrow", "mi", "mo", "mn", "msup", "msub", "msubsup", "mfrac", "msqrt", "mroot", "mtext", "mspace"),
        *("mover", "munder", "munderover", "mtable", "mtr", "mtd", "mstyle"),
    )
)
_MATHML_ATTRIBUTES: Final = {
    "math": {"display", "xmlns"},
    "mo": {"stretchy", "fence", "form"},
    "mi": {"mathvariant"},
}


def rendered(text: str) -> Markup:
    """Return paragraphs as HTML.

    >>> str(rendered("a **b** <i>")).strip()
    '<p>a <strong>b</strong> &lt;i&gt;</p>'
    """
    return Markup(_parser().render(text))  # noqa: S704 (the renderer escapes whatever is not its own)


def rendered_inline(text: str) -> Markup:
    """Return one line as HTML, without a paragraph around it."""
    return Markup(_parser().renderInline(text))  # noqa: S704 (likewise)


@functools.cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).disable(list(_LEFT_OUT))
    return parser.use(dollarmath_plugin, renderer=_formula, allow_digits=True, double_inline=True)


def _formula(content: str, options: dict[str, Any]) -> str:
    """Return a formula as MathML, or unchanged if it cannot be parsed."""
    try:
        # The converter does not escape text within a formula.
        formula = convert(content, display="block" if options.get("display_mode") else "inline")
        return nh3.clean(formula, tags=_MATHML, attributes=_MATHML_ATTRIBUTES)
    except Exception:  # noqa: BLE001 (a formula that the converter does not know must not cost a page)
        return f"<code>{escape(content)}</code>"
