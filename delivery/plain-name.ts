/** A person's name as it may stand in a greeting. */

/** Longer names are cut: a greeting is not the place for a text of somebody else's. */
const maximumNameLength = 80;

/** One line of printable characters: a name with line ends could pass for words of ours. */
export function plainName(name: string): string {
  const line = name.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return [...line].slice(0, maximumNameLength).join('');
}
