/** Gateways on a free port of this machine that speak Twilio's protocol or take webhooks, for the tests of delivery. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { z } from 'zod';

/** What a gateway does with a request that it has read. */
export type Answer =
  | 'take'
  /** Says nothing, ever. */
  | 'hang'
  /** Breaks the connection off. */
  | 'reset'
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      /** Writes the body again and again until the other side leaves. */
      readonly isEndless?: true;
    };

/** A request as it came. */
interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What every gateway of the tests can be told. */
export interface PhoneGatewayServer {
  readonly origin: string;
  /** How the next requests are answered, one each; later ones are taken. */
  answer(...answers: readonly Answer[]): void;
  /** How many connections there have been. */
  connections(): number;
  /** Refuses connections from here on. */
  stopListening(): Promise<void>;
  /** Takes connections again, on the same port. */
  listenAgain(): Promise<void>;
  close(): Promise<void>;
}

/** A request that Twilio got. */
export interface TwilioRequest {
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
  readonly isTaken: boolean;
}

/** A running stand-in for Twilio. */
export interface TwilioServer extends PhoneGatewayServer {
  /** For SMS_URL and VOICE_URL. */
  readonly smsUrl: string;
  readonly voiceUrl: string;
  /** All that came, refused ones too, the oldest first. */
  readonly requests: readonly TwilioRequest[];
  /**
   * The newest code that was sent to a number in E.164, by SMS or by a call.
   * @throws {Error} when there is none
   */
  newestCode(number: string): string;
}

/** A request that a webhook got. */
export interface WebhookRequest {
  readonly id: string;
  readonly timestamp: number;
  readonly message: Readonly<Record<string, unknown>>;
  readonly isTaken: boolean;
}

/** A running webhook. */
export interface WebhookServer extends PhoneGatewayServer {
  readonly url: string;
  readonly requests: readonly WebhookRequest[];
}

const account = 'ACtest00000000000000000000000000';
const token = 'token:with/signs';
const from = '+12025550100';
const path = /^\/2010-04-01\/Accounts\/(AC\w+)\/(Messages|Calls)\.json$/;

/** Starts what answers as Twilio does: 201 and JSON, 401 without the right sign-in, 400 for what lacks a field. */
export async function startTwilioServer(
  options: { readonly user?: string; readonly password?: string } = {},
): Promise<TwilioServer> {
  const { user = account, password = token } = options;
  const requests: TwilioRequest[] = [];
  const server = await startServer(({ path, headers, body }, wish) => {
    const form = Object.fromEntries(new URLSearchParams(body));
    const judged = wish === 'take' ? judgeTwilio(path, headers, form, `${user}:${password}`) : wish;
    requests.push({ path, form, isTaken: isTaken(judged) });
    return judged;
  });
  const url = `twilio+http://${account}:${encodeURIComponent(password)}@${new URL(server.origin).host}?from=${encodeURIComponent(from)}`;
  return {
    ...server,
    smsUrl: url,
    voiceUrl: url,
    requests,
    newestCode: (number) => {
      const newest = requests.findLast(({ form, isTaken }) => isTaken && form['To'] === number);
      const words = newest?.form['Body'] ?? newest?.form['Twiml'] ?? '';
      const found = /\b\d{6}\b/.exec(words)?.[0] ?? /\b\d(, \d){5}\b/.exec(words)?.[0];
      if (found === undefined) throw new Error('no code was sent to this number');
      return found.replaceAll(', ', '');
    },
  };
}

function judgeTwilio(
  requested: string,
  headers: Received['headers'],
  form: Readonly<Record<string, string>>,
  credentials: string,
): Answer {
  const [, accountSid, resource] = path.exec(requested) ?? [];
  if (accountSid !== account) return refusal(404, 20404);
  const signIn = `Basic ${Buffer.from(credentials).toString('base64')}`;
  if (headers.authorization !== signIn) return refusal(401, 20003);
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return refusal(400, 20001);
  if (!/^\+[1-9]\d{4,14}$/.test(form['To'] ?? '')) return refusal(400, 21211);
  if (form['From'] === undefined && form['MessagingServiceSid'] === undefined) return refusal(400, 21603);
  if (!form[resource === 'Calls' ? 'Twiml' : 'Body']) return refusal(400, 21602);
  if (!/^[0-9*#wW]*$/.test(form['SendDigits'] ?? '')) return refusal(400, 21206);
  return { status: 201, body: JSON.stringify({ sid: 'SM1', status: 'queued' }) };
}

function refusal(status: number, code: number): Answer {
  return { status, body: JSON.stringify({ code, message: 'refused', status }) };
}

/** Starts an address that takes messages signed with this secret (`whsec_…`), as the specification checks them. */
export async function startWebhookServer(secret: string): Promise<WebhookServer> {
  const requests: WebhookRequest[] = [];
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const server = await startServer(({ headers, body }, wish) => {
    const id = String(headers['webhook-id']);
    const timestamp = String(headers['webhook-timestamp']);
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    const isSigned = String(headers['webhook-signature']).split(' ').includes(`v1,${signature}`);
    const judged = wish === 'take' ? { status: isSigned ? 202 : 401 } : wish;
    const message = z.record(z.string(), z.unknown()).parse(JSON.parse(body));
    requests.push({ id, timestamp: Number(timestamp), message, isTaken: isTaken(judged) });
    return judged;
  });
  return { ...server, url: `${server.origin}/messages`, requests };
}

function isTaken(answer: Answer): boolean {
  return typeof answer === 'object' && answer.status >= 200 && answer.status < 300;
}

async function startServer(
  receive: (request: Received, wish: Answer) => Answer,
): Promise<PhoneGatewayServer> {
  const wishes: Answer[] = [];
  let connections = 0;
  const server = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8');
    req.on('data', (chunk) => {
      body += String(chunk);
    });
    req.on('end', () =>
      give(res, receive({ path: req.url ?? '', headers: req.headers, body }, wishes.shift() ?? 'take')),
    );
  });
  server.on('connection', () => {
    connections += 1;
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening on a port');
    return address.port;
  };
  const port = await listen(0);
  const stopListening = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    origin: `http://127.0.0.1:${port}`,
    answer: (...answers) => wishes.push(...answers),
    connections: () => connections,
    stopListening,
    listenAgain: async () => void (await listen(port)),
    close: stopListening,
  };
}

function give(res: ServerResponse, answer: Answer): void {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    res.socket?.resetAndDestroy();
    return;
  }
  const { status, headers = {}, body = '', isEndless } = answer === 'take' ? { status: 200 } : answer;
  res.writeHead(status, headers);
  if (!isEndless) {
    res.end(body);
    return;
  }
  const goOn = (): void => {
    if (!res.destroyed) res.write(body, () => setImmediate(goOn));
  };
  goOn();
}
