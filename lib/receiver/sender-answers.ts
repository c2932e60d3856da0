import { ConfigurationError } from '../errors/configuration.error.js';
import type { HandshakeAnswer, SenderAnswers } from '../signatures/signature-scheme.js';
import { schemeAnswer, type Answer } from './answer.js';

/** The answers that a sender expects instead of the usual ones, ready to be sent. */
export interface ReadyAnswers {
  readonly accepted?: Answer;
  readonly refused?: Answer;
}

/**
 * Makes the answers that a scheme asks for, once: an impossible one fails when the application starts, not after
 * an event was committed.
 *
 * @throws {ConfigurationError} for a status of another class, and for a status or header that HTTP does not allow
 * @internal
 */
export function readyAnswers(source: string, { accepted, refused }: SenderAnswers): ReadyAnswers {
  const ready = (name: keyof SenderAnswers, wanted: HandshakeAnswer, hundreds: number): Answer => {
    const option = `sources.${source}.scheme.answers.${name}`;
    if (Math.floor(wanted.status / 100) !== hundreds) {
      throw ConfigurationError.because(
        option,
        `The status of \`${option}\` must be ${hundreds}xx: the sender goes by it.`,
        'Leave the answer out, or correct its status.',
      );
    }
    try {
      return schemeAnswer(wanted);
    } catch (cause) {
      const cure = 'Give a whole number for the status, and headers without line breaks.';
      throw ConfigurationError.because(option, `\`${option}\` cannot be sent as an answer.`, cure, {
        cause,
      });
    }
  };
  return {
    ...(accepted && { accepted: ready('accepted', accepted, 2) }),
    ...(refused && { refused: ready('refused', refused, 4) }),
  };
}
