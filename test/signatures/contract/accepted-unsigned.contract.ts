import { ConfigurationError } from '../../../lib/errors/configuration.error.js';
import type { SignatureScheme } from '../../../lib/signatures/signature-scheme.js';

/** What holds for every sender that signs nothing, which the host must accept by an option. */
export function describeAcceptedUnsigned(
  name: string,
  create: (options: never) => SignatureScheme,
): void {
  describe(`${name}, which signs nothing`, () => {
    it.each([undefined, {}, { unsigned: false }, { unsigned: 'true' }, { unsigned: 1 }])(
      'REQ-1 does not leave verification out for %j',
      (options) => {
        expect(() => create((options ?? {}) as never)).toThrow(ConfigurationError);
      },
    );

    it('goes by its name', () => {
      expect(create({ unsigned: true } as never).name).toBe(name);
    });
  });
}
