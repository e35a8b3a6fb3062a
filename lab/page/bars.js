// What a hall has answered, as bars over the choices. A part of the lecturer's page and of those who follow it.

// Words and formulas of a lesson, and nothing that could act: they come from another person's page.
const WORDS = /^(b|i|em|strong|sub|sup|code|br|span|math|m(row|i|n|o|text|space|sub|sup|subsup|frac|sqrt|root|over|under|underover|style|table|tr|td|padded))$/;
const TRAITS = /^(display|mathvariant|stretchy|columnalign|displaystyle|accent|width)$/;

function words(html) {
  const copied = (from, into) => {
    for (const node of from.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) into.append(node.data);
      if (node.nodeType !== Node.ELEMENT_NODE) continue;
      const name = node.localName;
      if (!WORDS.test(name)) {
        if (!/^(script|style)$/.test(name)) copied(node, into);
        continue;
      }
      const made = document.importNode(node, false);
      for (const trait of made.getAttributeNames()) if (!TRAITS.test(trait)) made.removeAttribute(trait);
      copied(node, made);
      into.append(made);
    }
    return into;
  };
  return copied(new DOMParser().parseFromString(html, "text/html").body, document.createDocumentFragment());
}

// A bar for each round that is closed, below the text of a choice: its share of that round's voices.
function bars(counts, place) {
  return counts.map((round, number) => {
    const all = round.reduce((sum, count) => sum + count, 0);
    const share = all ? round[place] / all : 0;
    const fill = element("i");
    fill.style.width = `${100 * share}%`;
    const said = { vote: number + 1, share: Math.round(100 * share), count: round[place] };
    const text = counts.length > 1 ? tr("vote {vote}: {share} % ({count})", said) : `${said.share} % (${said.count})`;
    return element("span", { class: "rv-bar" }, fill, element("span", {}, text));
  });
}
