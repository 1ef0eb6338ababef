/**
 * Cells of CSV as they are written and read (RFC 4180), with the guard against what a spreadsheet would take for a
 * formula: such a cell begins with an apostrophe, which is taken off again when it is read.
 */

/** What a spreadsheet takes for a formula, behind any number of our own apostrophes: so each guard comes off again. */
const formula = /^'*[=+\-@\t\r]/;

/** The text as it stands in a file that a spreadsheet may open. */
export function guardCell(text: string): string {
  return formula.test(text) ? `'${text}` : text;
}

/** The text without the guard, where it has one. */
export function unguardCell(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;
}

/** One line of CSV with its line break; every cell is guarded. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  const written = cells.map((cell) => {
    const text = guardCell(cell === null ? '' : String(cell));
    return /[",;\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${written.join(',')}\r\n`;
}

/** Groups in one cell: a semicolon between two, a backslash before what is part of a name. */
export function groupsCell(groups: readonly string[]): string {
  return groups.map((group) => group.replaceAll(/[\\;]/g, '\\$&')).join(';');
}

/** The groups of a cell, each once. */
export function readGroupsCell(cell: string): string[] {
  const groups = [''];
  for (const [part] of cell.matchAll(/\\[\\;]|./gsu)) {
    if (part === ';') groups.push('');
    else
      groups.push(
        `${groups.pop() ?? ''}${part.length === 2 && part.startsWith('\\') ? part.slice(1) : part}`,
      );
  }
  return [...new Set(groups.map((group) => group.trim()).filter((group) => group !== ''))];
}
