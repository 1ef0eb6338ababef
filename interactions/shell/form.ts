/**
 * Reads a posted form: bounded, strict, every value one string. What the fields mean is the rooms', that the form is
 * ours form-token.ts's.
 */
import type { Context } from 'koa';
import { FormTooLarge, InvalidForm } from '../../security-info/errors.ts';

/** How large a form may be. */
export interface FormBounds {
  readonly bytes: number;
  readonly fields: number;
}

/** More than any form has that a user meets. */
const ordinary: FormBounds = { bytes: 64 * 1024, fields: 32 };
/** How fields of ours are called: no path, list or operator that a parser might read into a name. */
const fieldName = /^[A-Za-z][A-Za-z0-9_]{0,63}$/;

/** Whether a field of ours may be called so. */
export function isFieldName(name: string): boolean {
  return fieldName.test(name);
}

/**
 * The fields of the body, in an object without a prototype: no name in a form can reach anything of ours.
 * @param bounds 64 KiB and 32 fields unless told otherwise
 * @throws {FormTooLarge} `form_too_large`, over the bytes
 * @throws {InvalidForm} `invalid_form`, another content type, a field given twice, a name or more fields than a form
 *   of ours has, invalid UTF-8, a NUL
 * @see URL Standard §5.1, application/x-www-form-urlencoded
 */
export async function readForm(
  ctx: Context,
  bounds: FormBounds = ordinary,
): Promise<Readonly<Record<string, string>>> {
  if (ctx.is('application/x-www-form-urlencoded') === false || ctx.get('Content-Encoding') !== '')
    throw new InvalidForm();
  if (!['', 'utf-8'].includes(ctx.request.charset.toLowerCase())) throw new InvalidForm();
  return parseForm(await readBody(ctx, bounds.bytes), bounds.fields);
}

async function readBody(ctx: Context, maximumBytes: number): Promise<string> {
  if ((ctx.request.length ?? 0) > maximumBytes) throw new FormTooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  // The request stays open when the reading stops early: the answer would not reach the browser otherwise.
  for await (const chunk of ctx.req.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(chunk)) throw new InvalidForm();
    length += chunk.length;
    if (length > maximumBytes) throw new FormTooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new InvalidForm();
  }
}

/**
 * As `readForm`, for a body that has been read.
 * @throws {InvalidForm} `invalid_form`
 */
export function parseForm(
  body: string,
  maximumFields: number = ordinary.fields,
): Readonly<Record<string, string>> {
  const form: Record<string, string> = Object.create(null);
  const pairs = body.split('&').filter(Boolean);
  if (pairs.length > maximumFields) throw new InvalidForm();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const name = decode(at < 0 ? pair : pair.slice(0, at));
    const value = decode(at < 0 ? '' : pair.slice(at + 1));
    if (!isFieldName(name) || name in form) throw new InvalidForm();
    form[name] = value;
  }
  return form;
}

function decode(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new InvalidForm();
  }
  if (decoded.includes('\0')) throw new InvalidForm();
  return decoded;
}
