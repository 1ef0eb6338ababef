/** What carries mail: the relay of the settings, in development the mailbox, else nothing. */
import type { Logger } from 'pino';
import { createDevelopmentMailbox } from '../delivery/development-mailbox.ts';
import { createMailWriter } from '../delivery/mail-content.ts';
import { createSmtpMail } from '../delivery/smtp-mail.ts';
import { unavailableMail } from '../delivery/unavailable-mail.ts';
import type { Translators } from '../locales/translator.ts';
import type { Stores } from '../models/stores.ts';
import type { Clock, MailSender } from '../security-info/ports.ts';
import type { Settings } from './config.ts';
import { packageFolder } from './package-folder.ts';

/** The sender of mail, and what ends it. */
export function createMail(
  settings: Settings,
  {
    translators,
    stores,
    clock,
    log,
  }: { translators: Translators; stores: Stores; clock: Clock; log: Logger },
): { sender: MailSender; close: () => void } {
  const { serviceName, helpdeskUrl, smtpUrl, mailFrom } = settings;
  const write = createMailWriter({
    translators,
    viewsFolder: packageFolder('views'),
    serviceName,
    helpdeskUrl,
  });
  const from = mailFrom ?? `${serviceName} <no-reply@localhost.invalid>`;
  if (smtpUrl !== null) {
    const sender = createSmtpMail({
      url: smtpUrl,
      from,
      write,
      report: (failure) => log.warn({ failure }, 'mail was not accepted'),
    });
    return { sender, close: () => sender.close() };
  }
  if (!settings.isDevelopment) return { sender: unavailableMail, close: () => {} };
  const sender = createDevelopmentMailbox({ store: stores.mailbox, write, clock, from });
  return { sender, close: () => {} };
}
