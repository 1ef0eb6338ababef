/** The first page of the console. */
import type { ConsoleTable } from '../console-routes.ts';
import type { ConsoleParts } from '../parts.ts';

/** Adds the page. */
export function overviewPages(table: ConsoleTable, _parts: ConsoleParts): void {
  table.get('/', 'overview', async (step) => {
    await step.show('admin/overview/overview', {});
  });
}
