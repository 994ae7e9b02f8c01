/**
 * The tables of RFC 3454 that SASLprep (RFC 4013) and "trace" (RFC 4505) name, by appendix, as ranges of hexadecimal code
 * points. They are frozen at Unicode 3.2, so no Unicode property of a present engine can stand in for them. Generated from
 * a Unicode 3.2 database; compared code point by code point with a second implementation in the tests.
 */
export const appendices = {
  /** Unassigned code points in Unicode 3.2. */
  'A.1': `
    0221 0234-024f 02ae-02af 02ef-02ff 0350-035f 0370-0373 0376-0379 037b-037d 037f-0383 038b 038d 03a2 03cf
    03f7-03ff 0487 04cf 04f6-04f7 04fa-04ff 0510-0530 0557-0558 0560 0588 058b-0590 05a2 05ba 05c5-05cf 05eb-05ef
    05f5-060b 060d-061a 061c-061e 0620 063b-063f 0656-065f 06ee-06ef 06ff 070e 072d-072f 074b-077f 07b2-0900 0904
    093a-093b 094e-094f 0955-0957 0971-0980 0984 098d-098e 0991-0992 09a9 09b1 09b3-09b5 09ba-09bb 09bd 09c5-09c6
    09c9-09ca 09ce-09d6 09d8-09db 09de 09e4-09e5 09fb-0a01 0a03-0a04 0a0b-0a0e 0a11-0a12 0a29 0a31 0a34 0a37
    0a3a-0a3b 0a3d 0a43-0a46 0a49-0a4a 0a4e-0a58 0a5d 0a5f-0a65 0a75-0a80 0a84 0a8c 0a8e 0a92 0aa9 0ab1 0ab4
    0aba-0abb 0ac6 0aca 0ace-0acf 0ad1-0adf 0ae1-0ae5 0af0-0b00 0b04 0b0d-0b0e 0b11-0b12 0b29 0b31 0b34-0b35
    0b3a-0b3b 0b44-0b46 0b49-0b4a 0b4e-0b55 0b58-0b5b 0b5e 0b62-0b65 0b71-0b81 0b84 0b8b-0b8d 0b91 0b96-0b98 0b9b
    0b9d 0ba0-0ba2 0ba5-0ba7 0bab-0bad 0bb6 0bba-0bbd 0bc3-0bc5 0bc9 0bce-0bd6 0bd8-0be6 0bf3-0c00 0c04 0c0d 0c11
    0c29 0c34 0c3a-0c3d 0c45 0c49 0c4e-0c54 0c57-0c5f 0c62-0c65 0c70-0c81 0c84 0c8d 0c91 0ca9 0cb4 0cba-0cbd 0cc5
    0cc9 0cce-0cd4 0cd7-0cdd 0cdf 0ce2-0ce5 0cf0-0d01 0d04 0d0d 0d11 0d29 0d3a-0d3d 0d44-0d45 0d49 0d4e-0d56
    0d58-0d5f 0d62-0d65 0d70-0d81 0d84 0d97-0d99 0db2 0dbc 0dbe-0dbf 0dc7-0dc9 0dcb-0dce 0dd5 0dd7 0de0-0df1
    0df5-0e00 0e3b-0e3e 0e5c-0e80 0e83 0e85-0e86 0e89 0e8b-0e8c 0e8e-0e93 0e98 0ea0 0ea4 0ea6 0ea8-0ea9 0eac 0eba
    0ebe-0ebf 0ec5 0ec7 0ece-0ecf 0eda-0edb 0ede-0eff 0f48 0f6b-0f70 0f8c-0f8f 0f98 0fbd 0fcd-0fce 0fd0-0fff 1022
    1028 102b 1033-1035 103a-103f 105a-109f 10c6-10cf 10f9-10fa 10fc-10ff 115a-115e 11a3-11a7 11fa-11ff 1207 1247
    1249 124e-124f 1257 1259 125e-125f 1287 1289 128e-128f 12af 12b1 12b6-12b7 12bf 12c1 12c6-12c7 12cf 12d7 12ef
    130f 1311 1316-1317 131f 1347 135b-1360 137d-139f 13f5-1400 1677-167f 169d-169f 16f1-16ff 170d 1715-171f
    1737-173f 1754-175f 176d 1771 1774-177f 17dd-17df 17ea-17ff 180f 181a-181f 1878-187f 18aa-1dff 1e9c-1e9f
    1efa-1eff 1f16-1f17 1f1e-1f1f 1f46-1f47 1f4e-1f4f 1f58 1f5a 1f5c 1f5e 1f7e-1f7f 1fb5 1fc5 1fd4-1fd5 1fdc
    1ff0-1ff1 1ff5 1fff 2053-2056 2058-205e 2064-2069 2072-2073 208f-209f 20b2-20cf 20eb-20ff 213b-213c 214c-2152
    2184-218f 23cf-23ff 2427-243f 244b-245f 24ff 2614-2615 2618 267e-267f 268a-2700 2705 270a-270b 2728 274c 274e
    2753-2755 2757 275f-2760 2795-2797 27b0 27bf-27cf 27ec-27ef 2b00-2e7f 2e9a 2ef4-2eff 2fd6-2fef 2ffc-2fff 3040
    3097-3098 3100-3104 312d-3130 318f 31b8-31ef 321d-321f 3244-3250 327c-327e 32cc-32cf 32ff 3377-337a 33de-33df
    33ff 4db6-4dff 9fa6-9fff a48d-a48f a4c7-abff d7a4-d7ff fa2e-fa2f fa6b-faff fb07-fb12 fb18-fb1c fb37 fb3d fb3f
    fb42 fb45 fbb2-fbd2 fd40-fd4f fd90-fd91 fdc8-fdcf fdfd-fdff fe10-fe1f fe24-fe2f fe47-fe48 fe53 fe67 fe6c-fe6f
    fe75 fefd-fefe ff00 ffbf-ffc1 ffc8-ffc9 ffd0-ffd1 ffd8-ffd9 ffdd-ffdf ffe7 ffef-fff8 10000-102ff 1031f
    10324-1032f 1034b-103ff 10426-10427 1044e-1cfff 1d0f6-1d0ff 1d127-1d129 1d1de-1d3ff 1d455 1d49d 1d4a0-1d4a1
    1d4a3-1d4a4 1d4a7-1d4a8 1d4ad 1d4ba 1d4bc 1d4c1 1d4c4 1d506 1d50b-1d50c 1d515 1d51d 1d53a 1d53f 1d545
    1d547-1d549 1d551 1d6a4-1d6a7 1d7ca-1d7cd 1d800-1fffd 2a6d7-2f7ff 2fa1e-2fffd 30000-3fffd 40000-4fffd
    50000-5fffd 60000-6fffd 70000-7fffd 80000-8fffd 90000-9fffd a0000-afffd b0000-bfffd c0000-cfffd d0000-dfffd
    e0000 e0002-e001f e0080-efffd
  `,
  /** Commonly mapped to nothing. */
  'B.1': '00ad 034f 1806 180b-180d 200b-200d 2060 fe00-fe0f feff',
  /** Non-ASCII space characters. */
  'C.1.2': '00a0 1680 2000-200b 202f 205f 3000',
  /** ASCII control characters. */
  'C.2.1': '0000-001f 007f',
  /** Non-ASCII control characters. */
  'C.2.2': '0080-009f 06dd 070f 180e 200c-200d 2028-2029 2060-2063 206a-206f feff fff9-fffc 1d173-1d17a',
  /** Private use. */
  'C.3': 'e000-f8ff f0000-ffffd 100000-10fffd',
  /** Non-character code points. */
  'C.4': `
    fdd0-fdef fffe-ffff 1fffe-1ffff 2fffe-2ffff 3fffe-3ffff 4fffe-4ffff 5fffe-5ffff 6fffe-6ffff 7fffe-7ffff
    8fffe-8ffff 9fffe-9ffff afffe-affff bfffe-bffff cfffe-cffff dfffe-dffff efffe-effff ffffe-fffff 10fffe-10ffff
  `,
  /** Surrogate codes. */
  'C.5': 'd800-dfff',
  /** Inappropriate for plain text. */
  'C.6': 'fff9-fffd',
  /** Inappropriate for canonical representation. */
  'C.7': '2ff0-2ffb',
  /** Change display properties or are deprecated. */
  'C.8': '0340-0341 200e-200f 202a-202e 206a-206f',
  /** Tagging characters. */
  'C.9': 'e0001 e0020-e007f',
  /** Characters with bidirectional property R or AL. */
  'D.1': `
    05be 05c0 05c3 05d0-05ea 05f0-05f4 061b 061f 0621-063a 0640-064a 066d-066f 0671-06d5 06dd 06e5-06e6 06fa-06fe
    0700-070d 0710 0712-072c 0780-07a5 07b1 200f fb1d fb1f-fb28 fb2a-fb36 fb38-fb3c fb3e fb40-fb41 fb43-fb44
    fb46-fbb1 fbd3-fd3d fd50-fd8f fd92-fdc7 fdf0-fdfc fe70-fe74 fe76-fefc
  `,
  /** Characters with bidirectional property L. */
  'D.2': `
    0041-005a 0061-007a 00aa 00b5 00ba 00c0-00d6 00d8-00f6 00f8-0220 0222-0233 0250-02ad 02b0-02b8 02bb-02c1
    02d0-02d1 02e0-02e4 02ee 037a 0386 0388-038a 038c 038e-03a1 03a3-03ce 03d0-03f5 0400-0482 048a-04ce 04d0-04f5
    04f8-04f9 0500-050f 0531-0556 0559-055f 0561-0587 0589 0903 0905-0939 093d-0940 0949-094c 0950 0958-0961
    0964-0970 0982-0983 0985-098c 098f-0990 0993-09a8 09aa-09b0 09b2 09b6-09b9 09be-09c0 09c7-09c8 09cb-09cc 09d7
    09dc-09dd 09df-09e1 09e6-09f1 09f4-09fa 0a05-0a0a 0a0f-0a10 0a13-0a28 0a2a-0a30 0a32-0a33 0a35-0a36 0a38-0a39
    0a3e-0a40 0a59-0a5c 0a5e 0a66-0a6f 0a72-0a74 0a83 0a85-0a8b 0a8d 0a8f-0a91 0a93-0aa8 0aaa-0ab0 0ab2-0ab3
    0ab5-0ab9 0abd-0ac0 0ac9 0acb-0acc 0ad0 0ae0 0ae6-0aef 0b02-0b03 0b05-0b0c 0b0f-0b10 0b13-0b28 0b2a-0b30
    0b32-0b33 0b36-0b39 0b3d-0b3e 0b40 0b47-0b48 0b4b-0b4c 0b57 0b5c-0b5d 0b5f-0b61 0b66-0b70 0b83 0b85-0b8a
    0b8e-0b90 0b92-0b95 0b99-0b9a 0b9c 0b9e-0b9f 0ba3-0ba4 0ba8-0baa 0bae-0bb5 0bb7-0bb9 0bbe-0bbf 0bc1-0bc2
    0bc6-0bc8 0bca-0bcc 0bd7 0be7-0bf2 0c01-0c03 0c05-0c0c 0c0e-0c10 0c12-0c28 0c2a-0c33 0c35-0c39 0c41-0c44
    0c60-0c61 0c66-0c6f 0c82-0c83 0c85-0c8c 0c8e-0c90 0c92-0ca8 0caa-0cb3 0cb5-0cb9 0cbe 0cc0-0cc4 0cc7-0cc8
    0cca-0ccb 0cd5-0cd6 0cde 0ce0-0ce1 0ce6-0cef 0d02-0d03 0d05-0d0c 0d0e-0d10 0d12-0d28 0d2a-0d39 0d3e-0d40
    0d46-0d48 0d4a-0d4c 0d57 0d60-0d61 0d66-0d6f 0d82-0d83 0d85-0d96 0d9a-0db1 0db3-0dbb 0dbd 0dc0-0dc6 0dcf-0dd1
    0dd8-0ddf 0df2-0df4 0e01-0e30 0e32-0e33 0e40-0e46 0e4f-0e5b 0e81-0e82 0e84 0e87-0e88 0e8a 0e8d 0e94-0e97
    0e99-0e9f 0ea1-0ea3 0ea5 0ea7 0eaa-0eab 0ead-0eb0 0eb2-0eb3 0ebd 0ec0-0ec4 0ec6 0ed0-0ed9 0edc-0edd 0f00-0f17
    0f1a-0f34 0f36 0f38 0f3e-0f47 0f49-0f6a 0f7f 0f85 0f88-0f8b 0fbe-0fc5 0fc7-0fcc 0fcf 1000-1021 1023-1027
    1029-102a 102c 1031 1038 1040-1057 10a0-10c5 10d0-10f8 10fb 1100-1159 115f-11a2 11a8-11f9 1200-1206 1208-1246
    1248 124a-124d 1250-1256 1258 125a-125d 1260-1286 1288 128a-128d 1290-12ae 12b0 12b2-12b5 12b8-12be 12c0
    12c2-12c5 12c8-12ce 12d0-12d6 12d8-12ee 12f0-130e 1310 1312-1315 1318-131e 1320-1346 1348-135a 1361-137c
    13a0-13f4 1401-1676 1681-169a 16a0-16f0 1700-170c 170e-1711 1720-1731 1735-1736 1740-1751 1760-176c 176e-1770
    1780-17b6 17be-17c5 17c7-17c8 17d4-17da 17dc 17e0-17e9 1810-1819 1820-1877 1880-18a8 1e00-1e9b 1ea0-1ef9
    1f00-1f15 1f18-1f1d 1f20-1f45 1f48-1f4d 1f50-1f57 1f59 1f5b 1f5d 1f5f-1f7d 1f80-1fb4 1fb6-1fbc 1fbe 1fc2-1fc4
    1fc6-1fcc 1fd0-1fd3 1fd6-1fdb 1fe0-1fec 1ff2-1ff4 1ff6-1ffc 200e 2071 207f 2102 2107 210a-2113 2115 2119-211d
    2124 2126 2128 212a-212d 212f-2131 2133-2139 213d-213f 2145-2149 2160-2183 2336-237a 2395 249c-24e9 3005-3007
    3021-3029 3031-3035 3038-303c 3041-3096 309d-309f 30a1-30fa 30fc-30ff 3105-312c 3131-318e 3190-31b7 31f0-321c
    3220-3243 3260-327b 327f-32b0 32c0-32cb 32d0-32fe 3300-3376 337b-33dd 33e0-33fe 3400-4db5 4e00-9fa5 a000-a48c
    ac00-d7a3 d800-fa2d fa30-fa6a fb00-fb06 fb13-fb17 ff21-ff3a ff41-ff5a ff66-ffbe ffc2-ffc7 ffca-ffcf ffd2-ffd7
    ffda-ffdc 10300-1031e 10320-10323 10330-1034a 10400-10425 10428-1044d 1d000-1d0f5 1d100-1d126 1d12a-1d166
    1d16a-1d172 1d183-1d184 1d18c-1d1a9 1d1ae-1d1dd 1d400-1d454 1d456-1d49c 1d49e-1d49f 1d4a2 1d4a5-1d4a6
    1d4a9-1d4ac 1d4ae-1d4b9 1d4bb 1d4bd-1d4c0 1d4c2-1d4c3 1d4c5-1d505 1d507-1d50a 1d50d-1d514 1d516-1d51c
    1d51e-1d539 1d53b-1d53e 1d540-1d544 1d546 1d54a-1d550 1d552-1d6a3 1d6a8-1d7c9 20000-2a6d6 2f800-2fa1d
    f0000-ffffd 100000-10fffd
  `,
} as const
