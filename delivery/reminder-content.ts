/** What a reminder says: that the security info falls due or is due, why, and where it is confirmed. */
import type { Translator } from '../locales/translator.ts';
import type { MailMessage } from '../security-info/ports.ts';

/** The parts of a reminder that are its own. */
export interface ReminderContent {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** The page on which it is done; null where it is asked at the next sign-in only. */
  readonly link: { readonly label: string; readonly url: string } | null;
  readonly advice: readonly string[];
}

/** Writes a reminder out. */
export function reminderContent(
  { isDue, dueAt, reason, url }: Extract<MailMessage, { kind: 'reminder' }>,
  translator: Translator,
  service: string,
): ReminderContent {
  const when = isDue ? 'due' : 'before';
  const values = { service, date: translator.date(dueAt) };
  const text = (key: string): string => translator.text(`mail.reminder.${key}`, values);
  return {
    subject: text(`${when}.subject`),
    paragraphs: [text(`${when}.what`), text(`reason.${reason}`)],
    link: url === null ? null : { label: text('link'), url },
    advice: [text(url === null ? 'at_sign_in' : 'now_or_at_sign_in'), text('caution')],
  };
}
