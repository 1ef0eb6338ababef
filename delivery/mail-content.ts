/**
 * What a message says: subject, text and HTML in the person's language, from `views/mail` and `locales/<language>/mail.json`.
 * Who carries it is the senders' matter.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ejs from 'ejs';
import type { Translator, Translators } from '../locales/translator.ts';
import type { DomainEvent, EventType } from '../security-info/events.ts';
import type { MailMessage } from '../security-info/ports.ts';
import { plainName } from './plain-name.ts';
import { reminderContent } from './reminder-content.ts';

/** A message in words. */
export interface MailContent {
  /** Never holds a code: subjects show on locked screens and stand in mail logs. */
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What the words need to know of the deployment. */
export interface MailContentOptions {
  readonly translators: Translators;
  /** The folder `views`. */
  readonly viewsFolder: string;
  /** What people call this sign-in service. */
  readonly serviceName: string;
  /** Where people get help: an https, http or mailto address, or null where there is none. */
  readonly helpdeskUrl: string | null;
}

/** Writes a message out. */
export type MailWriter = (message: MailMessage) => MailContent;

/** The events that a notice has words of its own for; the others get a general sentence. */
export const noticeTypes = [
  'password_changed',
  'method_registered',
  'method_prefilled',
  'method_replaced',
  'method_removed',
  'method_lost',
  'method_change_undone',
  'signed_out_elsewhere',
  'method_confirmed',
  'method_proved',
  'password_reset',
  'account_unlocked_by_user',
  'help_requested',
  'proofs_closed',
  'sign_in_delayed',
  'review_finished',
  'registration_finished',
  'access_pass_issued',
  'access_pass_revoked',
  'access_pass_used',
  'reconfirmation_marked',
  'registration_required_again',
  'account_disabled',
  'account_enabled',
  'account_unlocked',
  'password_set_by_admin',
] as const satisfies readonly EventType[];

/** The parts that both templates lay out. */
interface MailView {
  readonly language: string;
  readonly serviceName: string;
  readonly subject: string;
  readonly greeting: string;
  readonly paragraphs: readonly string[];
  readonly code: string | null;
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  readonly link: { readonly label: string; readonly url: string } | null;
  readonly advice: readonly string[];
  readonly helpdesk: { readonly label: string; readonly url: string } | null;
  readonly footer: string;
}

/**
 * Reads the templates once and gives what writes messages with them.
 * @throws {Error} when a template is missing or wrong, or the helpdesk's address has another scheme
 */
export function createMailWriter(options: MailContentOptions): MailWriter {
  const compile = (file: string): ejs.TemplateFunction => {
    const filename = join(options.viewsFolder, 'mail', file);
    return ejs.compile(readFileSync(filename, 'utf8'), { filename });
  };
  const html = compile('message.html.ejs');
  const text = compile('message.text.ejs');
  if (options.helpdeskUrl !== null && !/^(https?|mailto):/i.test(options.helpdeskUrl)) {
    throw new Error('the helpdesk address must begin with https:, http: or mailto:');
  }
  return (message) => {
    const translator = options.translators.choose([message.locale]);
    const view = viewOf(message, translator, options);
    return { subject: view.subject, html: html({ mail: view }), text: text({ mail: view }) };
  };
}

function viewOf(message: MailMessage, translator: Translator, options: MailContentOptions): MailView {
  switch (message.kind) {
    case 'code':
      return codeView(message, translator, options);
    case 'notice':
      return noticeView(message, translator, options);
    case 'reminder':
      return {
        ...frame(translator, options, message.helpdeskUrl),
        greeting: greetingOf(message.displayName, translator),
        ...{ code: null, facts: [] },
        ...reminderContent(message, translator, options.serviceName),
      };
  }
}

function greetingOf(displayName: string, translator: Translator): string {
  const name = plainName(displayName);
  return name === '' ? translator.text('mail.greeting_unnamed') : translator.text('mail.greeting', { name });
}

function codeView(
  message: Extract<MailMessage, { kind: 'code' }>,
  translator: Translator,
  options: MailContentOptions,
): MailView {
  const values = { service: options.serviceName, count: message.expiresInMinutes };
  return {
    ...frame(translator, options, message.helpdeskUrl),
    subject: translator.text('mail.code.subject', values),
    greeting: translator.text('mail.greeting_unnamed'),
    paragraphs: [translator.text('mail.code.intro', values)],
    code: message.code,
    facts: [],
    link: null,
    advice: [
      translator.text('mail.code.expiry', values),
      translator.text('mail.code.never_share', values),
      translator.text('mail.code.not_you', values),
    ],
  };
}

function noticeView(
  message: Extract<MailMessage, { kind: 'notice' }>,
  translator: Translator,
  options: MailContentOptions,
): MailView {
  const { event, undo = null } = message;
  const key = `mail.notice.${noticeTypes.find((type) => type === event.type) ?? 'other'}`;
  return {
    ...frame(translator, options, message.helpdeskUrl),
    subject: translator.text(`${key}.subject`, { service: options.serviceName }),
    greeting: greetingOf(message.displayName, translator),
    paragraphs: [translator.text(`${key}.what`, { service: options.serviceName })],
    code: null,
    facts: [
      ...noticeFacts(event, translator),
      ...(undo === null ? [] : [{ label: translator.text('mail.undo.code'), value: undo.code }]),
    ],
    link: null,
    advice: [
      translator.text(`${key}.advice`, { service: options.serviceName }),
      ...(undo === null ? [] : [translator.text('mail.undo.how', { url: undo.url })]),
    ],
  };
}

function noticeFacts(event: DomainEvent, translator: Translator): MailView['facts'] {
  const who = event.actor === 'user' ? 'user' : event.actor.startsWith('job:') ? 'job' : 'admin';
  return [
    ...(event.methodType === null
      ? []
      : [
          {
            label: translator.text('mail.fact.method'),
            value: translator.text(`mail.method.${event.methodType}`),
          },
        ]),
    { label: translator.text('mail.fact.when'), value: translator.dateTime(event.at) },
    { label: translator.text('mail.fact.who'), value: translator.text(`mail.who.${who}`) },
  ];
}

function frame(
  translator: Translator,
  options: MailContentOptions,
  ofPolicy: string | null | undefined,
): Pick<MailView, 'language' | 'serviceName' | 'helpdesk' | 'footer'> {
  const url = ofPolicy ?? options.helpdeskUrl;
  return {
    language: translator.language,
    serviceName: options.serviceName,
    helpdesk: url === null ? null : { label: translator.text('mail.helpdesk'), url },
    footer: translator.text('mail.footer', { service: options.serviceName }),
  };
}
