/**
 * One request to a gateway that sends SMS or calls: within a bounded time, followed nowhere, and at most one message.
 * What the request says is its caller's matter.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { SenderUnavailable } from '../security-info/errors.ts';

/** A POST to a gateway. */
export interface GatewayRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Reads the gateway's own number for what is wrong from the text of a refusal; null where it has none. */
  readonly readProblem?: (text: string) => number | null;
}

/** Why a message was not handed over, for the log: neither number nor code, and nothing of the answer's words. */
export interface GatewayFailure {
  /** Node's error code such as `ECONNREFUSED`, `timeout`, `status`, or `destination`. */
  readonly cause: string;
  /** The HTTP status, or null where there was no answer. */
  readonly status: number | null;
  /** The gateway's own number for what is wrong, or null. */
  readonly problem: number | null;
}

/** How requests are made. */
export interface GatewayRequestOptions {
  /** Told of each failure. */
  readonly report?: (failure: GatewayFailure) => void;
  /** For one message with all its waits; 8000 unless told otherwise. */
  readonly timeoutMilliseconds?: number;
  /** Waits before the second try; rejects when the time is up. */
  readonly pause?: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

/** What came of one try. Only where nothing went out is there a wait after which it may be made again. */
type Outcome =
  | { readonly isTaken: true }
  | { readonly isTaken: false; readonly failure: GatewayFailure; readonly retryMilliseconds: number | null };

const defaultPauseMilliseconds = 250;
const longestPauseMilliseconds = 2000;
/** Of a refusal's text, in bytes. */
const maximumRefusalLength = 16_384;

/** Before a connection stands, nothing was sent. */
const unsentCodes = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);
const fetchErrorSchema = z.object({
  cause: z.object({
    code: z.string().regex(/^\w{1,40}$/),
    syscall: z.string().optional(),
  }),
});

/**
 * Posts a message. It is tried a second time only where the first surely sent nothing: no connection came about, or the
 * gateway put it off (429). After a time-out or a broken connection the message may have gone out.
 * @throws {SenderUnavailable} `sender_unavailable`, when the gateway did not take it (anything but a 2xx)
 */
export async function postToGateway(
  request: GatewayRequest,
  options: GatewayRequestOptions = {},
): Promise<void> {
  const signal = AbortSignal.timeout(options.timeoutMilliseconds ?? 8000);
  let outcome = await attempt(request, signal);
  if (!outcome.isTaken && outcome.retryMilliseconds !== null) {
    const pause = options.pause ?? ((milliseconds) => delay(milliseconds, undefined, { signal }));
    const isInTime = await pause(outcome.retryMilliseconds, signal).then(
      () => !signal.aborted,
      () => false,
    );
    if (isInTime) outcome = await attempt(request, signal);
  }
  if (!outcome.isTaken) throw refuseMessage(outcome.failure, options.report);
}

/** Reports a failure and makes the error that the caller throws. */
export function refuseMessage(
  failure: GatewayFailure,
  report: GatewayRequestOptions['report'],
): SenderUnavailable {
  report?.(failure);
  return new SenderUnavailable({ cause: failure.cause });
}

async function attempt(
  { url, headers, body, readProblem }: GatewayRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      // A kept connection that the other side is just closing would lose a message that is then not sent again.
      headers: { ...headers, Connection: 'close' },
      body,
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    return describeError(error, signal);
  }
  if (response.ok) {
    // It is taken, whatever the answer goes on to say, and however slowly.
    discard(response);
    return { isTaken: true };
  }
  const problem = readProblem === undefined ? null : readProblem(await readRefusal(response));
  discard(response);
  return {
    isTaken: false,
    failure: { cause: 'status', status: response.status, problem },
    retryMilliseconds: response.status === 429 ? pauseAskedFor(response.headers.get('Retry-After')) : null,
  };
}

/** The error's code and nothing else: its message may hold an address. */
function describeError(error: unknown, signal: AbortSignal): Outcome {
  const cause = fetchErrorSchema.safeParse(error).data?.cause;
  const isUnsent = cause !== undefined && (unsentCodes.has(cause.code) || cause.syscall === 'connect');
  return {
    isTaken: false,
    failure: { cause: signal.aborted ? 'timeout' : (cause?.code ?? 'unknown'), status: null, problem: null },
    retryMilliseconds: isUnsent ? defaultPauseMilliseconds : null,
  };
}

/**
 * Null where the gateway wants a longer pause than somebody at a page waits, or names a date.
 * @see RFC 9110 §10.2.3
 */
function pauseAskedFor(retryAfter: string | null): number | null {
  if (retryAfter === null) return defaultPauseMilliseconds;
  const milliseconds = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1000 : Number.POSITIVE_INFINITY;
  return milliseconds <= longestPauseMilliseconds ? milliseconds : null;
}

/** The beginning of a refusal's text, for its problem number; empty where it breaks off. */
async function readRefusal({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of body ?? []) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maximumRefusalLength) break;
    }
  } catch {
    return '';
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, maximumRefusalLength);
}

function discard({ body }: Response): void {
  if (body !== null && !body.locked) body.cancel().catch(() => undefined);
}
