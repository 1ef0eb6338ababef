/** The search of the console: people by name or group, a page at a time. */
import { z } from 'zod';
import { findPeople } from '../../api/find-people.ts';
import type { ConsoleTable } from '../console-routes.ts';
import type { ConsoleParts } from '../parts.ts';

const rowsPerPage = 50;
const text = z.string().trim().max(200).catch('');
const search = z.object({
  name: text.default(''),
  match: z.enum(['begins', 'exact']).catch('begins'),
  group: text.default(''),
  cursor: z.string().max(1_000).optional().catch(undefined),
});

/** Adds the page. */
export function searchPages(table: ConsoleTable, parts: ConsoleParts): void {
  table.get('/people', 'people', async (step) => {
    const { name, match, group, cursor = null } = search.parse(step.ctx.query);
    const isExact = match === 'exact' && name !== '';
    const wanted = {
      ...(isExact ? { loginName: name } : { loginNamePrefix: name }),
      ...(group === '' ? {} : { group }),
    };
    const { accounts, nextCursor } = await findPeople(parts, wanted, { cursor, limit: rowsPerPage });
    const query = new URLSearchParams({ name, match, group });
    await step.show('admin/people/search', {
      name,
      match,
      group,
      isFirstPage: cursor === null,
      people: accounts.map(({ id, loginName, displayName, groups, isAdmin, isDisabled }) => ({
        href: `/admin/people/${encodeURIComponent(id)}`,
        loginName,
        displayName,
        groups,
        isAdmin,
        isDisabled,
      })),
      firstHref: `/admin/people?${query}`,
      nextHref:
        nextCursor === null
          ? null
          : `/admin/people?${new URLSearchParams({ name, match, group, cursor: nextCursor })}`,
    });
  });
}
