/** Every page that is generated, by its path from the project's folder. */
import { existsSync, readFileSync } from 'node:fs';
import { auditPage } from './audit-page.ts';
import { errorsPage } from './errors-page.ts';
import { fillIn } from './markdown.ts';
import { settingsPage, settingsTable } from './settings-page.ts';

/** The project's folder. */
export const root = new URL('../', import.meta.url);

/** What each generated page should be now. The README is only filled in, where it has the marks. */
export function generatedPages(): ReadonlyMap<string, string> {
  const pages = new Map([
    ['docs/settings.md', settingsPage()],
    ['docs/errors.md', errorsPage(root)],
    ['docs/audit-events.md', auditPage(root)],
  ]);
  const readme = new URL('README.md', root);
  if (existsSync(readme)) {
    pages.set('README.md', fillIn(readFileSync(readme, 'utf8'), 'settings', settingsTable()));
  }
  return pages;
}
