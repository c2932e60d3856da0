import { Injectable } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';
import type { DefinedRule } from './rule.js';

/**
 * All rules by name.
 *
 * @internal
 */
@Injectable()
export class RuleRegistry {
  private readonly rules = new Map<string, DefinedRule>();

  /** @throws {ConfigurationError} when there is a rule with that name already */
  add(rule: DefinedRule): void {
    const { name } = rule.options;
    if (this.rules.has(name)) {
      throw ConfigurationError.duplicateName(
        '@Rule',
        'rules',
        name,
        'They would share their state: give one of them another name.',
      );
    }
    this.rules.set(name, rule);
  }

  find(name: string): DefinedRule | undefined {
    return this.rules.get(name);
  }

  get isEmpty(): boolean {
    return this.rules.size === 0;
  }

  all(): readonly DefinedRule[] {
    return [...this.rules.values()];
  }
}
