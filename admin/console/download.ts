/** A file that the console gives: it is made as it goes out, so that none is held in memory. */
import { Readable } from 'node:stream';
import type { Context } from 'koa';

/** Answers with a file that is made as it goes out. */
export function answerWith(ctx: Context, lines: AsyncIterable<string>, type: string, name: string): void {
  ctx.status = 200;
  ctx.type = `${type}; charset=utf-8`;
  ctx.set('Content-Disposition', `attachment; filename="${name}"`);
  ctx.body = Readable.from(lines, { objectMode: false });
}
