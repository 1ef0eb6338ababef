/** docs/errors.md: the catalogue of refusals, from security-info/errors.ts and what people are told of each. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { protocolProblems } from '../admin/api/problem.ts';

/** One refusal of the catalogue. */
export interface CatalogueEntry {
  readonly code: string;
  readonly className: string;
  /** HTTP. */
  readonly status: number;
  readonly meaning: string;
}

const entry =
  /\/\*\* `([a-z_]+)`: ([^*]+?)\s*\*\/\s*export class (\w+) extends SecurityInfoError \{[^}]*?status = (\d{3});/g;

/** Reads the catalogue; each class has its code and its meaning in its docstring. */
export function readCatalogue(root: URL): readonly CatalogueEntry[] {
  const source = readFileSync(new URL('security-info/errors.ts', root), 'utf8');
  return [...source.matchAll(entry)].map(([, code = '', meaning = '', className = '', status = '']) => ({
    code,
    className,
    meaning,
    status: Number(status),
  }));
}

const texts: z.ZodType<Texts> = z.lazy(() => z.union([z.string(), z.record(z.string(), texts)]));
type Texts = string | { [key: string]: Texts };

/** What a person is told, in English, by code; nothing for a code that no page shows. */
function readMessages(root: URL): ReadonlyMap<string, readonly string[]> {
  const messages = new Map<string, readonly string[]>();
  try {
    const room = texts.parse(JSON.parse(readFileSync(new URL('locales/en/error.json', root), 'utf8')));
    if (typeof room === 'string') return messages;
    for (const [code, text] of Object.entries(room)) messages.set(code, sentencesOf(text));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
  return messages;
}

function sentencesOf(text: Texts): string[] {
  return typeof text === 'string' ? [text] : Object.values(text).flatMap(sentencesOf);
}

/** What the admin API says by itself, with its English. */
function apiSections(root: URL): readonly string[] {
  const { problem } = apiWords.parse(JSON.parse(readFileSync(new URL('locales/en/api.json', root), 'utf8')));
  return Object.entries(protocolProblems).map(([code, status]) =>
    [`## ${code}`, '', `HTTP ${status}.`, '', `> ${problem[code] ?? ''}`, ''].join('\n'),
  );
}

const apiWords = z.object({ problem: z.record(z.string(), z.string()) });

/** The whole page. */
export function errorsPage(root: URL): string {
  const messages = readMessages(root);
  const sections = readCatalogue(root).map(({ code, className, status, meaning }) => {
    const told = (messages.get(code) ?? []).map((sentence) => `> ${sentence}`);
    return [
      `## ${code}`,
      '',
      `\`${className}\`, HTTP ${status}: ${meaning}`,
      ...(told.length > 0 ? ['', told.join('\n>\n')] : []),
      '',
    ].join('\n');
  });
  return `<!-- Made by \`npm run docs\` from security-info/errors.ts, admin/api/problem.ts and their English in locales/en: change those. -->
# Errors

What can be refused: one class and one stable code each. The code is also the key of its message in \`locales/\`, of
which the English is quoted here. No error, message or log line carries a code, a secret, a number or an address.

${sections.join('\n')}
# Errors of the admin API

What the admin API refuses by itself, before any of the above. It answers both kinds alike, as problem details
(RFC 9457) with the \`code\` and, as \`title\`, the message in the caller's language.

${apiSections(root).join('\n')}`;
}
