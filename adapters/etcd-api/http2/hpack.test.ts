import { describe, expect, it } from "vitest";
import { decodeFields, encodeFields } from "./hpack.ts";
import { decodeHuffman } from "./huffman.ts";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

describe("header fields", () => {
  it.each([
    ["www.example.com", "f1e3 c2e5 f23a 6ba0 ab90 f4ff"],
    ["no-cache", "a8eb 1064 9cbf"],
    ["custom-value", "25a8 49e9 5bb8 e8b4 bf"],
    ["Mon, 21 Oct 2013 20:13:21 GMT", "d07a be94 1054 d444 a820 0595 040b 8166 e082 a62d 1bff"],
    ["https://www.example.com", "9d29 ad17 1863 c78f 0b97 c8e9 ae82 ae43 d3"],
  ])("in Huffman's code are read: %s (RFC 7541, C.4 and C.6)", (text, coded) => {
    expect(decodeHuffman(hex(coded)).toString()).toBe(text);
  });

  it("are read where the node indexes them all (RFC 7541, C.2.1 and C.4.1)", () => {
    const custom = "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572";
    expect(decodeFields(hex(custom))).toEqual({ "custom-key": "custom-header" });
    const request = "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff";
    expect(decodeFields(hex(request))).toEqual({
      ":method": "GET",
      ":scheme": "http",
      ":path": "/",
      ":authority": "www.example.com",
    });
  });

  it("are read after they were written, the long ones too", () => {
    const fields = { ":method": "POST", ":path": "/p", te: "trailers", token: "t".repeat(5000) };
    expect(decodeFields(encodeFields(fields))).toEqual(fields);
  });

  it.each([
    ["a field of the table that both sides may build up", "be"],
    ["a table that the client did not allow", "3fe1 1f"],
    ["a field without its end", "400a 6375"],
    ["a number without its end", "7f80 8080 8080 80"],
    ["a code that is too long to be filling", "0001 6181 ff 0001 6182 ffff"],
  ])("are refused: %s", (_, block) => {
    expect(() => decodeFields(hex(block))).toThrow(RangeError);
  });
});
