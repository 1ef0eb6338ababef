/** Small pieces of Markdown. */

/** A table; what would end a cell is escaped. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')).join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text as it is typed. */
export function code(text: string): string {
  return `\`${text}\``;
}

/**
 * Puts text between `<!-- name -->` and `<!-- /name -->`; a page without these marks stays as it is.
 * @returns the whole page
 */
export function fillIn(page: string, name: string, text: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const from = page.indexOf(open);
  const to = page.indexOf(close, from);
  if (from < 0 || to < 0) return page;
  return `${page.slice(0, from + open.length)}\n${text}\n${page.slice(to)}`;
}
