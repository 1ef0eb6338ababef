/**
 * One person's page and what an admin does on it. What takes something away is asked for on a page of its own. Each
 * form carries the tag of what was seen: of two admins the later one is told, and sees what is there now.
 */
import type { AdminErrand } from '../../../security-info/admin/people-desk.ts';
import {
  ChangedMeanwhile,
  type FieldError,
  InvalidInput,
  InvalidPolicy,
  MethodNotFound,
  MethodNotOffered,
  PageNotFound,
  PolicyChangedMeanwhile,
  SecurityInfoError,
} from '../../../security-info/errors.ts';
import type { AdminFormStep, AdminStep, ConsoleTable } from '../console-routes.ts';
import type { ConsoleParts } from '../parts.ts';
import { accountActions, readHours, readPrefill } from './person-forms.ts';
import { personPath, showPerson } from './person-page.ts';

/** What is asked again before it is done, for an account and for one of its methods. */
const confirmedForAccount = ['require_registration', 'exclude'] as const;
const confirmedForMethod = ['remove', 'lost'] as const;

/** Adds the pages. */
export function personPages(table: ConsoleTable, parts: ConsoleParts): void {
  const { people } = parts;
  const idOf = ({ ctx }: AdminStep): string => String(ctx['params'].id);
  const errandOf = (step: AdminFormStep): AdminErrand => ({
    by: step.by,
    accountId: idOf(step),
    // A form without a tag was not made by us: what it saw is unknown, and matches nothing.
    expectedTag: step.form['tag'] ?? '',
  });
  const goBack = (step: AdminStep, done: string): void => step.goTo(`${personPath(idOf(step))}?done=${done}`);

  /** Does it; what is refused is told on the person's page as it is now, with what was typed. */
  async function attempt(step: AdminFormStep, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof SecurityInfoError) || !isToldOnPage(error)) throw error;
      const person = await people.read(idOf(step));
      await showPerson(step, person, { problem: error, fields: fieldsOf(error), typed: step.form });
    }
  }

  table.get('/people/:id', 'people', async (step) => showPerson(step, await people.read(idOf(step))));

  table.post('/people/:id/show', 'people', async (step) => {
    const [person, clear] = [await people.read(idOf(step)), await people.readMethods(step.by, idOf(step))];
    await showPerson(step, person, { clear });
  });

  table.post('/people/:id/methods', 'people', (step) =>
    attempt(step, async () => {
      const { isChanged } = await people.prefill(errandOf(step), readPrefill(step.form));
      goBack(step, isChanged ? 'prefilled' : 'prefilled_already');
    }),
  );

  table.post('/people/:id/issue-access-pass', 'people', (step) =>
    attempt(step, async () => {
      // Answered at once: a pass is in no address, and nothing keeps it to show it again.
      const accessPass = await people.issueAccessPass(errandOf(step), readHours(step.form));
      await showPerson(step, await people.read(idOf(step)), { accessPass });
    }),
  );

  for (const [name, act] of Object.entries(accountActions)) {
    table.post(`/people/:id/${name}`, 'people', (step) =>
      attempt(step, async () => goBack(step, await act(people, errandOf(step), step.form))),
    );
  }

  for (const action of confirmedForAccount) {
    table.get(`/people/:id/confirm/${action}`, 'people', async (step) => {
      const person = await people.read(idOf(step));
      const path = `/admin${personPath(idOf(step))}`;
      const send = `${path}/${action.replace('_', '-')}`;
      await step.show('admin/people/confirm', { action, path, send, person, method: null });
    });
  }

  for (const action of confirmedForMethod) {
    table.get(`/people/:id/methods/:methodId/${action}`, 'people', async (step) => {
      const person = await people.read(idOf(step));
      const method = person.methods.find(({ id }) => id === step.ctx['params'].methodId);
      if (method === undefined) throw new PageNotFound();
      const path = `/admin${personPath(idOf(step))}`;
      const send = `${path}/methods/${encodeURIComponent(method.id)}/${action}`;
      await step.show('admin/people/confirm', { action, path, send, person, method });
    });
    table.post(`/people/:id/methods/:methodId/${action}`, 'people', (step) =>
      attempt(step, async () => {
        const methodId = String(step.ctx['params'].methodId);
        if (action === 'remove') await people.removeMethod(errandOf(step), methodId);
        else await people.reportLost(errandOf(step), methodId);
        goBack(step, action === 'remove' ? 'removed' : 'lost');
      }),
    );
  }
}

function isToldOnPage(error: SecurityInfoError): boolean {
  return [
    ...[ChangedMeanwhile, InvalidInput, InvalidPolicy, MethodNotFound, MethodNotOffered],
    PolicyChangedMeanwhile,
  ].some((one) => error instanceof one);
}

function fieldsOf(error: SecurityInfoError): readonly FieldError[] {
  if (error instanceof MethodNotOffered) return [{ field: 'type', code: 'type_not_offered' }];
  if (!(error instanceof InvalidInput)) return [];
  // A method's own form calls its field by what it takes.
  return error.fields.map((wrong) => (wrong.field === 'number' ? { ...wrong, field: 'address' } : wrong));
}
