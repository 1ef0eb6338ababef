/** The headers that every page carries, whoever makes it. What a page shows is the room's. */
import type { Context } from 'koa';

/**
 * `form-action` is left out on purpose. Chromium applies it to every redirect that follows a posted form: ours lead
 * through the provider to the relying party and wherever that leads on, to custom schemes of native apps too (RFC
 * 8252 §7.1), so no list can hold them. Nothing that anyone typed is ever written into a page unescaped.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'Content-Security-Policy': contentSecurityPolicy,
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  // The address of a page names the sign-in that it belongs to.
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
};

/** As the policy of every page, for one that runs a script of ours. */
const policyWithScript = `${contentSecurityPolicy}; script-src 'self'`;

/** Sets the headers; `Strict-Transport-Security` (RFC 6797) only where the issuer is https. */
export function setSafeHeaders(ctx: Context, issuer: string, { runsScript = false } = {}): void {
  ctx.set(headers);
  if (runsScript) ctx.set('Content-Security-Policy', policyWithScript);
  if (issuer.startsWith('https:')) ctx.set('Strict-Transport-Security', 'max-age=31536000');
}
