/** The service that this console came from: its addresses, its answers, its refusals. */

/**
 * @typedef {{version: string, open_stream: boolean, needs_key: boolean, metrics: boolean}} Deployment
 */

/** An answer that is none: RFC 9457 from the service, or no answer at all. */
export class Problem extends Error {
  /**
   * @param {string} code stable, as the API documents it; `unreachable` where nothing was heard
   * @param {string} detail
   * @param {number | null} retryAfter seconds
   */
  constructor(code, detail, retryAfter = null) {
    super(detail);
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

export class Service {
  /** @type {string | null} of the API; in memory only, so that closing the tab forgets it */
  key = null;

  /** @param {URL} base */
  constructor(base) {
    this.base = base;
  }

  /** @param {string} path */
  url(path) {
    return new URL(path, this.base).href;
  }

  /**
   * @param {string} path
   * @param {RequestInit} [options]
   * @returns {Promise<any>} what the JSON answer says; null for an empty one
   * @throws {Problem}
   */
  async json(path, options) {
    const answer = await this.#ask(path, options);
    return answer.status === 204 ? null : answer.json();
  }

  /**
   * @param {string} path
   * @returns {Promise<string>}
   * @throws {Problem}
   */
  async text(path) {
    return (await this.#ask(path)).text();
  }

  /** @returns {Promise<boolean>} whether new work is taken */
  async ready() {
    try {
      return (await fetch(this.url("readyz"))).ok;
    } catch {
      return false;
    }
  }

  /**
   * @param {string} path
   * @param {RequestInit} [options]
   */
  async #ask(path, options = {}) {
    const headers = new Headers(options.headers);
    if (this.key !== null) {
      headers.set("Authorization", `Bearer ${this.key}`);
    }
    let answer;
    try {
      answer = await fetch(this.url(path), { ...options, headers, cache: "no-store" });
    } catch {
      throw new Problem("unreachable", "");
    }
    if (!answer.ok) {
      throw await refusal(answer);
    }
    return answer;
  }
}

/** @param {Response} answer */
async function refusal(answer) {
  const seconds = Number(answer.headers.get("Retry-After")) || null;
  try {
    const { code, detail } = await answer.json();
    return new Problem(code, detail, seconds);
  } catch {
    return new Problem("internal_error", answer.statusText, seconds);
  }
}
