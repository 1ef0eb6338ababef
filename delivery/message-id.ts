/** The Message-ID of a message: fixed, so that a repeat of the same message is recognised as one. */

/**
 * Makes the Message-ID header's value from what names the message.
 * @param name a random or derived id, with or without `@` and a domain
 * @param domain right of the `@` where the name has none
 * @throws {TypeError} when the name could not stand in a header: a mistake of the caller's
 * @see RFC 5322 §3.6.4
 */
export function formatMessageId(name: string, domain: string): string {
  const bare = name.replace(/^<(.*)>$/, '$1');
  if (!/^[\w.+=-]{1,200}(@[\w.-]{1,200})?$/.test(bare)) throw new TypeError('not usable as a Message-ID');
  return `<${bare.includes('@') ? bare : `${bare}@${domain}`}>`;
}
