// What a module says to people. English stands in the script; `SENTENCES`, `LANG` and `PLURAL` stand above it, see
// `look/style.py`: texts in the reader's language, and which form of a plural a number wants. One of the parts of a module.

const filled = (text, fields) => text.replace(/\{(\w+)\}/g, (place, name) => (name in fields ? fields[name] : place));

function tr(text, fields = {}) {
  return filled(SENTENCES[text] ?? text, fields);
}

// `fields.n` is how `n` is shown, if not by its digits.
function ntr(one, many, n, fields = {}) {
  const forms = SENTENCES[one] ?? [one, many];
  return filled(forms[PLURAL(n)] ?? many, { n, ...fields });
}
