/** Finds out which servers answer; under REQUIRE_SERVICES all must. */
export default function setUp(): Promise<void>;
