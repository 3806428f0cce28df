/** The part of lean-qr 2.7.4 (`lean-qr/nano`) that is used; lean-qr.js is its file, unchanged. */
export function generate(text: string): { readonly size: number; get(x: number, y: number): boolean };
