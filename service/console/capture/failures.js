/** Why a check ends without an outcome. Each kind has its own words (`words/*.js`) and a next step. */

/**
 * @typedef {"denied" | "no_camera" | "camera_busy" | "camera_lost" | "insecure" | "unsupported"
 *   | "unreachable" | "lost" | "drained" | "overloaded" | "used" | "expired" | "invalid"
 *   | "rate_limited" | "timeout" | "internal"} FailureKind
 */

/** @type {Record<string, FailureKind>} codes of the protocol's `error` messages */
const BY_CODE = {
  draining: "drained",
  overloaded: "overloaded",
  timeout: "timeout",
  token_invalid: "invalid",
  scope: "invalid",
  unknown_session: "invalid",
  token_used: "used",
  expired: "expired",
  rate_limited: "rate_limited",
  too_fast: "rate_limited",
};

/** @type {Record<number, FailureKind>} close codes, for a stream whose `error` did not arrive */
const BY_CLOSE = {
  1011: "internal",
  1012: "drained",
  1013: "overloaded",
  4401: "invalid",
  4403: "invalid",
  4404: "invalid",
  4408: "timeout",
  4409: "used",
  4410: "expired",
  4429: "rate_limited",
};

/** @type {Record<string, FailureKind>} names of what `getUserMedia` throws */
const BY_CAMERA = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotFoundError: "no_camera",
  OverconstrainedError: "no_camera",
  NotReadableError: "camera_busy",
  AbortError: "camera_busy",
};

/** Kinds that trying again cannot change. */
const FINAL = new Set(["insecure", "unsupported", "used", "expired", "invalid"]);

export class Failure extends Error {
  /**
   * @param {FailureKind} kind
   * @param {{retryAfter?: number | null, message?: string}} [more]
   */
  constructor(kind, { retryAfter = null, message = "" } = {}) {
    super(message || kind);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }

  /**
   * Whether the same check may begin anew: a token that opened a stream is used up.
   * @param {boolean} tokenUsed
   */
  retryable(tokenUsed) {
    return !tokenUsed && !FINAL.has(this.kind);
  }
}

/**
 * @param {{code: string, message: string, retry_after: number | null}} error
 * @returns {Failure}
 */
export function fromError(error) {
  const kind = BY_CODE[error.code] ?? "internal";
  return new Failure(kind, { retryAfter: error.retry_after, message: error.message });
}

/**
 * @param {number} code of the close
 * @param {boolean} opened whether the stream had begun
 * @returns {Failure}
 */
export function fromClose(code, opened) {
  return new Failure(BY_CLOSE[code] ?? (opened ? "lost" : "unreachable"));
}

/**
 * @param {unknown} error what `getUserMedia` threw
 * @returns {Failure}
 */
export function fromCamera(error) {
  const name = error instanceof DOMException ? error.name : "";
  return new Failure(BY_CAMERA[name] ?? "unsupported", { message: String(error) });
}
