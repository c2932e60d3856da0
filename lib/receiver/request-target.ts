const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;

/**
 * Path and query of a request's target, which may be a whole URL (RFC 9112, absolute form).
 *
 * @internal
 */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const rest = target.replace(ABSOLUTE_FORM, '');
  return rest.startsWith('/') ? rest : `/${rest}`;
}
