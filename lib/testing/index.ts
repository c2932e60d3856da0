// The entry `nestjs-hookline/testing`: for the tests of applications; no test framework is needed.

// Requests
export {
  signedRequest,
  type SignedRequestOptions,
  type SignedTestRequest,
} from './signed-request.js';
export {
  sampleEvents,
  samplePayload,
  sampleRequest,
  type ProviderName,
  type SampleOptions,
  type SamplePayload,
  type SampleRequestOptions,
  type SampleType,
} from './samples.js';

export { senderKeys, type KeyedProviderName, type SenderKeys } from './sender-keys.js';

// Time and work
export { FakeClock } from './fake.clock.js';
export { drain } from './drain.js';

// Notifications
export {
  NOTIFICATION_CHANNELS,
  RecordedNotifications,
  type RecordedNotification,
} from './recorded-notifications.js';

// Expectations
export { expectHandled, type HandledExpectation } from './expect-handled.js';
export { expectNotified, type NotifiedExpectation } from './expect-notified.js';
