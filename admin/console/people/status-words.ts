/** What sign-in needs of somebody, in words: the reason and the dates. */
import type { Translator } from '../../../locales/translator.ts';
import type { SignInStatus } from '../../../security-info/status.ts';

/** One sentence each. */
export function statusWords(status: SignInStatus, words: Translator): readonly string[] {
  const text = (key: string, values = {}): string => words.text(`admin_people.status.${key}`, values);
  switch (status.kind) {
    case 'out_of_scope':
      return [text(`out_of_scope.${status.reason}`)];
    case 'registration_required':
      return [text('registration_required', { count: status.missing })];
    case 'reconfirmation_due':
      return [text(`reconfirmation_due.${status.reason}`, { date: words.date(status.dueAt) })];
    case 'snoozed':
      return [text('snoozed', { until: status.untilAt }), ...statusWords(status.need, words)];
    case 'satisfied':
      return [
        status.nextDueAt === null
          ? text('satisfied')
          : text('satisfied_until', { date: words.date(status.nextDueAt) }),
      ];
  }
}
