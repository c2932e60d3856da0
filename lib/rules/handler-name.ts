const PREFIX = 'rule:';

/** The name under which a rule's jobs are stored, of judging and of firing. */
export function handlerNameOf(rule: string): string {
  return PREFIX + rule;
}

/** The rule whose jobs are stored under this name. */
export function ruleNameOf(handler: string): string {
  return handler.slice(PREFIX.length);
}
