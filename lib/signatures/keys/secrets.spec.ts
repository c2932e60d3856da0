import { adyen } from '../providers/adyen/adyen.js';
import { microsoftGraph } from '../providers/microsoft-graph/microsoft-graph.js';
import { standardWebhooks } from '../providers/standard-webhooks/standard-webhooks.js';
import { stripe } from '../providers/stripe/stripe.js';
import { twilio } from '../providers/twilio/twilio.js';

describe('An unusable secret', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['unset', () => stripe({ secret: undefined }), /`secret` of stripe\(\).*got undefined.*Set it/],
    ['empty', () => stripe({ secret: '' }), /`secret` of stripe\(\).*got an empty text/],
    ['blank', () => stripe({ secret: ' \n' }), /`secret` of stripe\(\).*got a blank text/],
    ['none at all', () => stripe({ secret: [] }), /`secret` of stripe\(\).*got an empty array/],
    ['one of two', () => stripe({ secret: ['a', undefined] }), /`secret\[1\]` of stripe\(\)/],
    [
      'no base64',
      () => standardWebhooks({ secret: 'whsec_SECRET!' }),
      /`secret` of standardWebhooks\(\).*with or without 'whsec_'.*got a text that is not base64/,
    ],
    [
      'with a line feed',
      () => standardWebhooks({ secret: 'whsec_U0VDUkVU\n' }),
      /`secret` of standardWebhooks\(\).*a line feed at its ends/,
    ],
    ['no hex', () => adyen({ secret: 'SECRET' }), /`secret` of adyen\(\).*a text that is not hex/],
    ['a number', () => stripe({ secret: 1234567 as never }), /got a number/],
    [
      'of another name',
      () => microsoftGraph({ clientState: '' }),
      /`clientState` of microsoftGraph\(\).*got an empty text/,
    ],
    ['of Twilio', () => twilio({ authToken: undefined }), /`authToken` of twilio\(\)/],
  ])(
    'F-33 is named with its scheme, what is wrong, and never its value: %s',
    (_, make, message) => {
      expect(make).toThrow(message);
      expect(make).not.toThrow(/SECRET|U0VDUkVU|1234567/);
    },
  );
});
