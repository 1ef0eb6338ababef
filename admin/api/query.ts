/** What a query may hold, read from texts. */
import { z } from 'zod';

/** `true` or `false`. */
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
/** A moment, RFC 3339. */
export const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
/** A day, YYYY-MM-DD. */
export const day = z.iso.date();
/** A name of the host's. */
export const nameText = z.string().min(1).max(200);
/** Two letters of a country. */
export const countryLetters = z
  .string()
  .regex(/^[A-Za-z]{2}$/)
  .transform((letters) => letters.toUpperCase());
