/** The console, whole: its sections on one table of routes. What each page does is its own file's. */
import type { Clock, DataKeys, FlowStore } from '../../security-info/ports.ts';
import { auditPages } from './audit/audit.ts';
import { campaignPages } from './campaigns/campaigns.ts';
import { type ConsoleRoutesOptions, createConsoleRoutes } from './console-routes.ts';
import type { ConsoleEntry, PageTable } from './contract.ts';
import { createHeldForms } from './held-forms.ts';
import { importPages } from './imports/imports.ts';
import { jobPages } from './jobs/jobs.ts';
import { overviewPages } from './overview/overview.ts';
import type { ConsoleParts } from './parts.ts';
import { searchPages } from './people/people.ts';
import { personPages } from './people/person.ts';
import { policyPages } from './policies/policies.ts';

/** What the console is made with. */
export interface ConsoleOptions extends ConsoleParts, Pick<ConsoleRoutesOptions, 'deviceOf' | 'clientId'> {
  readonly table: PageTable;
  readonly entry: ConsoleEntry;
  readonly flows: FlowStore;
  readonly keys: DataKeys;
  readonly clock: Clock;
}

/** Adds every page of the console to the table. */
export function createConsole(options: ConsoleOptions): void {
  const heldForms = createHeldForms(options);
  const table = createConsoleRoutes({ ...options, heldForms });
  overviewPages(table, options);
  searchPages(table, options);
  personPages(table, options);
  policyPages(table, options);
  campaignPages(table, options);
  importPages(table, options);
  auditPages(table, options);
  jobPages(table, options);
}
