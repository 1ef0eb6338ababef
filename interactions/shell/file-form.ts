/**
 * Reads a form with a file in it: its fields first, then the file as it comes in, bounded, never kept. What stands
 * after the file is not looked at.
 */
import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import type { Context } from 'koa';
import { FormTooLarge, InvalidForm } from '../../security-info/errors.ts';
import { isFieldName } from './form.ts';

/** A form as far as its file. */
export interface FileForm {
  /** What stands before the file, in an object without a prototype. */
  readonly fields: Readonly<Record<string, string>>;
  /** Empty where the form has none. Fails where the upload is cut off, broken or too large. */
  readonly file: Readable;
  /** Lets go of what has not been read: the answer would not reach the browser while it is still sending. */
  discard(): void;
}

const maximumFields = 16;
const maximumFieldBytes = 4_096;

/**
 * The fields of a form and its file.
 * @param maximumBytes of the whole body
 * @throws {FormTooLarge} `form_too_large` @throws {InvalidForm} `invalid_form`, as `readForm` does
 * @see RFC 7578, multipart/form-data
 */
export async function readFileForm(ctx: Context, maximumBytes: number): Promise<FileForm> {
  const request = ctx.req;
  const type = ctx.get('Content-Type');
  if (ctx.is('multipart/form-data') === false || ctx.get('Content-Encoding') !== '') throw new InvalidForm();
  if ((ctx.request.length ?? 0) > maximumBytes) throw new FormTooLarge();
  const parser = createParser(request, type);
  const file = new PassThrough();
  const fields: Record<string, string> = Object.create(null);
  const discard = (): void => {
    request.unpipe(parser);
    file.destroy();
    request.resume();
  };
  let received = 0;
  let hasFile = false;
  await new Promise<void>((resolve, reject) => {
    // Before the file comes this refuses the form; afterwards the file is what fails.
    const fail = (error: Error): void => {
      reject(error);
      request.unpipe(parser);
      request.resume();
      file.destroy(error);
    };
    file.on('error', () => undefined);
    parser.on('error', () => fail(new InvalidForm()));
    for (const limit of ['fieldsLimit', 'partsLimit']) parser.on(limit, () => fail(new InvalidForm()));
    parser.on('field', (name, value, nameTruncated, valueTruncated) => {
      if (hasFile) return;
      if (nameTruncated || valueTruncated) return fail(new InvalidForm());
      if (!isFieldName(name) || name in fields || value.includes('\0')) return fail(new InvalidForm());
      fields[name] = value;
    });
    parser.on('file', (_name, part) => {
      hasFile = true;
      part.on('error', () => fail(new InvalidForm()));
      part.pipe(file);
      resolve();
    });
    parser.on('finish', () => {
      // Without a file there is nothing to read in it.
      file.end();
      resolve();
    });
    request.on('data', (chunk: Buffer) => {
      received += chunk.length;
      if (received > maximumBytes) fail(new FormTooLarge());
    });
    request.on('close', () => {
      if (!request.complete) fail(new InvalidForm());
    });
    request.pipe(parser);
  }).catch((error: unknown) => {
    discard();
    throw error;
  });
  return { fields, file, discard };
}

function createParser(request: IncomingMessage, type: string): Busboy {
  try {
    return new Busboy({
      headers: { ...request.headers, 'content-type': type },
      limits: {
        fieldNameSize: 64,
        fieldSize: maximumFieldBytes,
        fields: maximumFields,
        files: 1,
        parts: maximumFields + 1,
        headerPairs: 16,
        headerSize: 4_096,
      },
    });
  } catch {
    // Its boundary is missing.
    throw new InvalidForm();
  }
}
