/** Reads the JSON body of a request: bounded, UTF-8, nothing else. */
import type { Context } from 'koa';
import { ApiProblem } from './problem.ts';

/** The largest JSON body, in bytes: a policy with every list full fits in. */
const maximumBytes = 512 * 1024;

/**
 * The value of the body.
 * @throws {ApiProblem} `unsupported_media_type`, `body_too_large`, `malformed_json`
 */
export async function readJson(ctx: Context): Promise<unknown> {
  checkType(ctx, 'application/json');
  if ((ctx.request.length ?? 0) > maximumBytes) throw new ApiProblem('body_too_large');
  const chunks: Buffer[] = [];
  let length = 0;
  // The request stays open when the reading stops early: the answer would not reach the caller otherwise.
  for await (const chunk of ctx.req.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) throw new ApiProblem('malformed_json');
    length += chunk.length;
    if (length > maximumBytes) throw new ApiProblem('body_too_large');
    chunks.push(chunk);
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
    return JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value));
  } catch {
    throw new ApiProblem('malformed_json');
  }
}

/** @throws {ApiProblem} `unsupported_media_type` */
export function checkType(ctx: Context, type: string): void {
  const isEncoded = !['', 'identity'].includes(ctx.get('Content-Encoding').toLowerCase());
  if (isEncoded || !ctx.is(type)) throw new ApiProblem('unsupported_media_type');
}
