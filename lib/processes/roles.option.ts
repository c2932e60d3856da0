import { ConfigurationError } from '../errors/configuration.error.js';
import { choices, checkedBy } from '../options/option.kinds.js';

/**
 * A part of the work that a process may take.
 *
 * - `receive`: it has the route to which sources post
 * - `work`: it runs jobs, and deletes old rows
 * - `poll`: it runs the pollers by their schedules
 *
 * @publicApi
 */
export type ProcessRole = 'receive' | 'work' | 'poll';

/** All roles, in the order in which they are named. @internal */
export const PROCESS_ROLES: readonly ProcessRole[] = ['receive', 'work', 'poll'];

/** Token of the roles of this process. @internal */
export const ROLES = Symbol('hookline:roles');

const known = choices<ProcessRole>(
  PROCESS_ROLES,
  PROCESS_ROLES,
  'Name the roles of this process, or leave `roles` out for all of them.',
);

/** At least one role, and each once. @internal */
export const ROLES_OPTION = checkedBy<readonly ProcessRole[]>((given, name) => {
  const roles = known.resolve(given, name);
  if (roles.length === 0) {
    throw ConfigurationError.invalidOption(
      name,
      'an array of at least one role',
      given,
      'A process without a role does nothing: name one, or leave `roles` out for all of them.',
    );
  }
  const repeated = roles.findIndex((role, index) => roles.indexOf(role) !== index);
  if (repeated !== -1) {
    throw ConfigurationError.because(
      `${name}[${repeated}]`,
      `\`${name}\` names '${roles[repeated]}' twice.`,
      'Name each role once.',
    );
  }
  return PROCESS_ROLES.filter((role) => roles.includes(role));
});
