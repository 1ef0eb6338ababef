/** The log: JSON lines with the id of their request. What must not be in a log is taken out here once more. */
import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import type { Settings } from './config.ts';
import { requestScope } from './request-scope.ts';

/** Fields that are never written, wherever somebody puts them; the rule is not to log them in the first place. */
const secretFields = [
  ...['authorization', 'proxy-authorization', 'cookie', 'set-cookie', 'body', 'form', 'password', 'secret'],
  ...['client_secret', 'access_token', 'refresh_token', 'id_token', 'code_verifier', 'user_code', 'token'],
  ...['otp', 'answer', 'answers', 'address', 'number', 'mailbox', 'loginName', 'accessPass', 'uri', 'url'],
];
/** `{ req: { headers: { cookie } } }` is as deep as such a field comes. */
const places = ['', '*', '*.*'];
const deepestCause = 3;

/** An error as it is logged. Drivers hang the whole reply, and with it what was looked for, on their errors. */
interface ToldError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: ToldError;
}

/**
 * Makes the log of a deployment.
 * @param destination where the lines go; standard output unless told otherwise
 */
export function createLog(level: Settings['logLevel'], destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    mixin: () => ({ ...requestScope.getStore() }),
    serializers: { err: (error: unknown) => tellError(error) },
    redact: {
      paths: places.flatMap((place) =>
        secretFields.map((field) =>
          field.includes('-') ? `${place}["${field}"]` : place === '' ? field : `${place}.${field}`,
        ),
      ),
      censor: '[redacted]',
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

function tellError(error: unknown, depth = 0): ToldError {
  if (!(error instanceof Error)) return { type: typeof error, message: clean(String(error)) };
  const { cause, name, message, stack } = error;
  const code = 'code' in error ? error.code : undefined;
  return {
    type: name,
    message: clean(message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(stack === undefined ? {} : { stack: clean(stack) }),
    ...(cause === undefined || depth >= deepestCause ? {} : { cause: tellError(cause, depth + 1) }),
  };
}

/** The server repeats the value that was there already, the driver the password of its URI. */
function clean(text: string): string {
  return text
    .replaceAll(/(dup key: )\{.*\}/gs, '$1{…}')
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1***@');
}
