/** The authentication e-mail: another mailbox than the account's own, proved by a code that is sent there. */
import { domainToASCII } from 'node:url';
import { emptyDraft, type MethodContract } from './contract.ts';

const maximumLength = 254;

/**
 * The one spelling of an address that is compared and stored: trimmed, lower case, the domain in its ASCII form.
 * Undefined when it is no address that mail can be sent to (RFC 5321 §4.1.2, without quoted local parts or literals).
 */
export function normaliseEmailAddress(typed: string): string | undefined {
  const text = typed.trim().normalize('NFKC').toLowerCase();
  const at = text.lastIndexOf('@');
  if (at < 1 || text.length > maximumLength) return undefined;
  const local = text.slice(0, at);
  if (
    local.length > 64 ||
    !/^[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*$/u.test(local)
  ) {
    return undefined;
  }
  const typedDomain = text.slice(at + 1);
  // The parser of URLs drops line breaks, and what follows a slash or a colon.
  if (!/^[\p{L}\p{M}\p{N}\p{Join_Control}.\u3002-]+$/u.test(typedDomain)) return undefined;
  const domain = domainToASCII(typedDomain);
  if (!/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/.test(domain))
    return undefined;
  return `${local}@${domain}`;
}

/**
 * The mailbox that an address belongs to, for telling two addresses of one mailbox apart from two mailboxes: what
 * follows a plus sign is dropped.
 */
export function mailboxOf(address: string): string {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  return `${local.split('+', 1)[0] || local}${address.slice(at)}`;
}

function isInDomains(address: string, domains: readonly string[]): boolean {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return domains.some((own) => {
    const ascii = domainToASCII(own.toLowerCase());
    return domain === ascii || domain.endsWith(`.${ascii}`);
  });
}

/** The authentication e-mail. */
export const email: MethodContract = {
  type: 'email',
  maximum: 1,
  isRegisteredByUser: true,
  isPrefillable: true,
  countsAlone: true,
  mayBeOnlyOne: true,
  isForAdmins: true,
  channels: ['mail'],
  noticeChannel: 'mail',
  factor: null,
  amrOf: () => null,
  proof: 'sent_code',
  fields: () => [
    { name: 'address', inputType: 'email', autocomplete: 'email', isRequired: true, maximumLength },
  ],
  draft: (input, { account, policy, ownEmailDomains }) => {
    const typed = input['address'] ?? '';
    if (typed.trim() === '') return { errors: [{ field: 'address', code: 'required' }] };
    const address = normaliseEmailAddress(typed);
    if (address === undefined) return { errors: [{ field: 'address', code: 'not_an_email_address' }] };
    const own = account.mailbox === null ? undefined : normaliseEmailAddress(account.mailbox);
    const loginAddress = normaliseEmailAddress(account.loginName);
    const isOwn = [own, loginAddress].some(
      (other) => other !== undefined && mailboxOf(other) === mailboxOf(address),
    );
    if (isOwn) return { errors: [{ field: 'address', code: 'own_mailbox' }] };
    if (isInDomains(address, [...policy.ownEmailDomains, ...ownEmailDomains])) {
      return { errors: [{ field: 'address', code: 'own_domain' }] };
    }
    return { ...emptyDraft, address, channel: 'mail' };
  },
  readAddress: (input) => {
    const typed = input['address'] ?? '';
    if (typed.trim() === '') return { errors: [{ field: 'address', code: 'required' }] };
    const address = normaliseEmailAddress(typed);
    return address === undefined
      ? { errors: [{ field: 'address', code: 'not_an_email_address' }] }
      : { address };
  },
  isEnough: () => true,
  identity: (address) => ({ purpose: 'mailbox', value: mailboxOf(address) }),
  mask: (address) => {
    const at = address.lastIndexOf('@');
    const [first = '', ...rest] = [...address.slice(0, at)];
    return `${first}${rest.length > 2 ? `•••${rest.at(-1)}` : '•••'}${address.slice(at)}`;
  },
};
