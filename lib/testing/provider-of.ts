import type { Abstract, INestApplicationContext, Type } from '@nestjs/common';
import { ConfigurationError } from '../errors/configuration.error.js';

/**
 * A provider of the library in an application.
 *
 * @throws {ConfigurationError} when the application has no WebhookModule
 * @internal
 */
export function providerOf<Provider>(
  app: INestApplicationContext,
  type: Type<Provider> | Abstract<Provider>,
): Provider {
  try {
    return app.get(type, { strict: false });
  } catch (cause) {
    throw ConfigurationError.because(
      'app',
      'The application has no WebhookModule.',
      'Import WebhookModule.forRoot in the module under test; with Jest or Vitest, see to it that the ' +
        'package is loaded once (not inlined for the test and external for the application).',
      { cause },
    );
  }
}
