/** Finds out which servers answer; under REQUIRE_SERVICES all have to. */
export default function setUp(): Promise<void>;
