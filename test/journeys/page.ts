/** A page as a person without script meets it: its text, its links and its forms. */

/** A form of a page. */
export interface PageForm {
  readonly method: 'get' | 'post';
  readonly action: string;
  /** Hidden and prefilled fields, and what is chosen, as they would be sent. */
  readonly fields: Readonly<Record<string, string>>;
  /** What its lists offer, by the name of the list. */
  readonly lists: Readonly<Record<string, readonly Choice[]>>;
  /** What its buttons say. */
  readonly buttons: readonly string[];
  /** What pressing a button sends besides, by what it says. */
  readonly pressed: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** One of several to choose from. */
export interface Choice {
  readonly value: string;
  readonly text: string;
}

/** A page that was answered. */
export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly html: string;
  /** What can be read on it, with single spaces. */
  readonly text: string;
  readonly heading: string;
  readonly links: readonly { readonly href: string; readonly text: string }[];
  readonly forms: readonly PageForm[];
}

/** Reads an answer as a page. */
export function readPage(url: URL, status: number, headers: Headers, html: string): Page {
  const body = html.replace(/<head>[\s\S]*?<\/head>/, '');
  return {
    url,
    status,
    headers,
    html,
    text: textOf(body),
    heading: textOf(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(body)?.[1] ?? ''),
    links: [...body.matchAll(/<a\b([^>]*)>([\s\S]*?)<\/a>/g)].map(([, attributes = '', inner = '']) => ({
      href: attribute(attributes, 'href') ?? '',
      text: textOf(inner),
    })),
    forms: [...body.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes = '', inner = '']) =>
      formOf(attributes, inner, body),
    ),
  };
}

function formOf(attributes: string, inner: string, body: string): PageForm {
  const id = attribute(attributes, 'id');
  // Controls elsewhere on the page may belong to the form by its id.
  const elsewhere = (tag: string): string[] =>
    id === undefined
      ? []
      : [...body.matchAll(new RegExp(`<${tag}\\b[^>]*\\bform="${id}"[^>]*>(?:[^<]*)`, 'g'))].map(
          ([all]) => all,
        );
  const inputs = [...[...inner.matchAll(/<input\b[^>]*>/g)].map(([all]) => all), ...elsewhere('input')];
  const fields = inputs.filter(isSent).flatMap((input) => {
    const name = attribute(input, 'name');
    return name === undefined ? [] : [[name, attribute(input, 'value') ?? ''] as const];
  });
  const texts = [...inner.matchAll(/<textarea\b([^>]*)>\n?([\s\S]*?)<\/textarea>/g)].map(
    ([, attributes = '', text = '']) => [attribute(attributes, 'name') ?? '', unescapeHtml(text)] as const,
  );
  const lists = [...inner.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/g)].map(
    ([, attributes = '', options = '']) => listOf(attribute(attributes, 'name') ?? '', options),
  );
  const buttons = [...inner.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/g)].map(
    ([, attributes = '', text = '']) => ({
      says: textOf(text),
      name: attribute(attributes, 'name'),
      value: attribute(attributes, 'value') ?? '',
    }),
  );
  const others = elsewhere('button').map((text) => textOf(text));
  return {
    method: attribute(attributes, 'method')?.toLowerCase() === 'post' ? 'post' : 'get',
    action: attribute(attributes, 'action') ?? '',
    fields: Object.fromEntries([...fields, ...texts, ...lists.map(({ name, chosen }) => [name, chosen])]),
    lists: Object.fromEntries(lists.map(({ name, choices }) => [name, choices])),
    buttons: [...buttons.map(({ says }) => says), ...others],
    pressed: Object.fromEntries(
      buttons.flatMap(({ says, name, value }) => (name === undefined ? [] : [[says, { [name]: value }]])),
    ),
  };
}

/** Of radio buttons and boxes only what is ticked is sent. */
function isSent(input: string): boolean {
  return !/\stype="(radio|checkbox)"/.test(input) || /\schecked\b/.test(input);
}

function listOf(name: string, options: string): { name: string; choices: Choice[]; chosen: string } {
  const all = [...options.matchAll(/<option\b([^>]*)>([^<]*)/g)].map(([, attributes = '', text = '']) => ({
    value: attribute(attributes, 'value') ?? '',
    text: textOf(text),
    isChosen: /\sselected\b/.test(attributes),
  }));
  const chosen = all.find(({ isChosen }) => isChosen) ?? all[0];
  return { name, choices: all.map(({ value, text }) => ({ value, text })), chosen: chosen?.value ?? '' };
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`(?:^|\\s)${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : unescapeHtml(value);
}

function textOf(html: string): string {
  return unescapeHtml(html.replace(/<(script|style)[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]+>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: ' ',
};

function unescapeHtml(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (all, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(Number.parseInt(hex, 16));
    return entities[name] ?? all;
  });
}
