/** The setting SMTP_URL read into connection options; what is not listed here cannot be set by it (logging, time-outs). */

/** Where the relay is and how to speak to it. */
export interface SmtpConnection {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (RFC 8314 §3.3). */
  readonly secure: boolean;
  /** STARTTLS or nothing (RFC 3207). */
  readonly requireTLS: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
  /** What this side calls itself in EHLO. */
  readonly name?: string;
  readonly tls?: { readonly rejectUnauthorized?: boolean; readonly servername?: string };
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads `smtp[s]://[user:password@]host[:port][?requireTLS=false&name=…&tls.servername=…&tls.rejectUnauthorized=false]`.
 * Codes travel encrypted: with `smtp:` STARTTLS is required unless the host is this machine or the URL says
 * `requireTLS=false`.
 * @throws {TypeError} when it is not such a URL; the message does not repeat it, for it may hold a password
 */
export function parseSmtpUrl(value: string): SmtpConnection {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^smtps?:$/.test(url.protocol) || url.hostname === '') {
    throw new TypeError('not an address such as smtps://user:password@mail.example.com');
  }
  const known = ['requireTLS', 'name', 'tls.servername', 'tls.rejectUnauthorized'];
  const unknown = [...url.searchParams.keys()].find((key) => !known.includes(key));
  if (unknown !== undefined) throw new TypeError(`knows ${known.join(', ')} only after the question mark`);
  const secure = url.protocol === 'smtps:';
  const name = url.searchParams.get('name');
  const servername = url.searchParams.get('tls.servername');
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && !loopback.test(url.hostname) && url.searchParams.get('requireTLS') !== 'false',
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    ...(name === null ? {} : { name }),
    tls: {
      rejectUnauthorized: url.searchParams.get('tls.rejectUnauthorized') !== 'false',
      ...(servername === null ? {} : { servername }),
    },
  };
}
