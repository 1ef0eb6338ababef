/** Every page that is generated, by its path from the project's folder. */
import { existsSync, readFileSync } from 'node:fs';
import { auditPage } from './audit-page.ts';
import { errorsPage } from './errors-page.ts';
import { indexesTable } from './indexes-table.ts';
import { fillIn } from './markdown.ts';
import { settingsPage, settingsTable } from './settings-page.ts';

/** The project's folder. */
export const root = new URL('../', import.meta.url);

/** What each generated page should be now. The README and the page on size are only filled in, where they have the marks. */
export function generatedPages(): ReadonlyMap<string, string> {
  const pages = new Map([
    ['docs/settings.md', settingsPage()],
    ['docs/errors.md', errorsPage(root)],
    ['docs/audit-events.md', auditPage(root)],
  ]);
  for (const [path, name, text] of [
    ['README.md', 'settings', settingsTable()],
    ['docs/million-users.md', 'indexes', indexesTable()],
  ] as const) {
    const page = new URL(path, root);
    if (existsSync(page)) pages.set(path, fillIn(readFileSync(page, 'utf8'), name, text));
  }
  return pages;
}
