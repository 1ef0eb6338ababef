/** One person's page: what is known of them, masked unless it was asked for, and what was typed into its forms. */
import type { Translator } from '../../../locales/translator.ts';
import type { ClearMethod, PersonView } from '../../../security-info/admin/people-desk.ts';
import type { FieldError, SecurityInfoError } from '../../../security-info/errors.ts';
import { phoneCountries } from '../../../security-info/methods/phone-countries.ts';
import { contractOf } from '../../../security-info/methods/registry.ts';
import { methodTypes } from '../../../security-info/record.ts';
import type { AdminStep } from '../console-routes.ts';
import { statusWords } from './status-words.ts';

/** What the page shows beside the person. */
export interface PersonPageState {
  /** Numbers and addresses, once they were asked for. */
  readonly clear?: readonly ClearMethod[];
  /** A pass that was just made. */
  readonly accessPass?: { readonly accessPass: string; readonly expiresAt: Date };
  readonly problem?: SecurityInfoError;
  /** What is wrong with which field. */
  readonly fields?: readonly FieldError[];
  /** What was typed. */
  readonly typed?: Readonly<Record<string, string>>;
}

/** Types that an admin can fill in. */
export const prefillableTypes = methodTypes.filter((type) => contractOf(type).isPrefillable);

/** The address of a person's page, under `/admin`. */
export function personPath(accountId: string): string {
  return `/people/${encodeURIComponent(accountId)}`;
}

const doneWords = new Set([
  ...[
    'prefilled',
    'prefilled_already',
    'removed',
    'lost',
    'registration_required',
    'reconfirmation_required',
  ],
  ...['reconfirmation_cancelled', 'pass_revoked', 'unlocked', 'snoozes_granted', 'excluded', 'included'],
  'unchanged',
]);

/** What was just done, in words; null where the address says nothing that we know. */
function doneText(step: AdminStep): string | null {
  const done = step.ctx.query['done'];
  return typeof done === 'string' && doneWords.has(done)
    ? step.words.text(`admin_people.done.${done}`)
    : null;
}

/** What `views/admin/people/person` gets. */
export async function showPerson(
  step: AdminStep,
  person: PersonView,
  state: PersonPageState = {},
): Promise<void> {
  const { words } = step;
  const { problem, fields = [], typed = {}, clear, accessPass = null } = state;
  const addresses = new Map((clear ?? []).map(({ id, address }) => [id, address]));
  const path = `/admin${personPath(person.account.id)}`;
  const problems = Object.fromEntries(fields.map((wrong) => [wrong.field, fieldText(wrong, words)]));
  await step.show(
    'admin/people/person',
    {
      path,
      person,
      account: person.account,
      statusLines: statusWords(person.status, words),
      methods: person.methods.map((method) => ({
        ...method,
        clearAddress: addresses.get(method.id) ?? null,
        path: `${path}/methods/${encodeURIComponent(method.id)}`,
      })),
      // What a newer one has replaced and that still can undo it: among what is asked for in clear alone.
      replaced: (clear ?? []).filter(({ replacedById }) => replacedById !== null),
      isClear: clear !== undefined,
      accessPass,
      typed,
      problems,
      typeOptions: prefillableTypes.map((type) => ({
        value: type,
        text: words.text(`method.type.${type}.name`),
      })),
      countryOptions: phoneCountries()
        .map(({ country, callingCode }) => ({
          value: country,
          text: `${words.country(country)} (+${callingCode})`,
        }))
        .sort((a, b) => words.compare(a.text, b.text)),
      done: problem === undefined && step.ctx.method === 'GET' ? doneText(step) : null,
      problem:
        problem === undefined
          ? null
          : {
              message: words.text(`error.${problem.code}`, problem.values),
              links: Object.entries(problems).map(([field, text]) => ({ href: `#field-${field}`, text })),
            },
    },
    problem === undefined ? {} : { status: problem.status },
  );
}

function fieldText({ code, values }: FieldError, words: Translator): string {
  const own = `admin_people.field_error.${code}`;
  return words.text(words.has(own) ? own : `field_error.${code}`, values);
}
