"""How structures are laid out in each ELF class and byte order (gABI, "Data Representation")."""

from __future__ import annotations

import sys
from array import array
from dataclasses import dataclass
from struct import Struct
from typing import Literal


@dataclass(frozen=True, slots=True)
class Layout:
    """The structures of one class and byte order, each with the fields that its comment names."""

    bits: Literal[32, 64]
    byteorder: Literal["little", "big"]
    header: Struct  # from offset 16: e_type e_machine e_version e_entry e_phoff e_shoff e_flags
    #                 e_ehsize e_phentsize e_phnum e_shentsize e_shnum e_shstrndx
    segment: Struct  # p_type p_flags p_offset p_vaddr p_filesz p_align; 32 bits: p_flags after p_filesz
    section: Struct  # sh_name sh_type sh_flags sh_addr sh_offset sh_size sh_link sh_info
    dynamic: Struct  # d_tag d_val
    symbol_size: int
    symbol_word: Struct  # st_info st_other st_shndx
    rel: Struct  # 32 bits: r_info; 64 bits: its first and its second half
    rela: Struct
    verdef: Struct  # vd_version vd_flags vd_ndx vd_cnt vd_aux vd_next
    verdaux: Struct  # vda_name vda_next
    verneed: Struct  # vn_version vn_cnt vn_file vn_aux vn_next
    vernaux: Struct  # vna_flags vna_other vna_name vna_next
    gnu_hash: Struct  # nbuckets symoffset bloom_size bloom_shift
    note: Struct  # n_namesz n_descsz n_type
    word: Struct
    xword: Struct

    def halves(self, table: bytes) -> array[int]:
        """A table of unsigned numbers of two bytes each."""
        return self._numbers("H", table)

    def words(self, table: bytes) -> array[int]:
        """A table of unsigned numbers of four bytes each."""
        return self._numbers("I", table)

    def addresses(self, table: bytes) -> array[int]:
        """A table of unsigned numbers of the size of an address."""
        return self._numbers("I" if self.bits == 32 else "Q", table)

    def symbol_columns(self, table: bytes) -> tuple[array[int], array[int], array[int]]:
        """Of each entry of a symbol table: st_name; st_info, st_other and st_shndx as one word; st_value."""
        words = self._numbers("I", table)
        if self.bits == 32:
            return words[::4], words[3::4], words[1::4]
        return words[::6], words[1::6], self._numbers("Q", table)[1::3]

    def _numbers(self, kind: Literal["H", "I", "Q"], table: bytes) -> array[int]:
        numbers = array(kind, table)
        if self.byteorder != sys.byteorder:
            numbers.byteswap()
        return numbers


def _layout(bits: Literal[32, 64], byteorder: Literal["little", "big"]) -> Layout:
    def struct(narrow: str, wide: str | None = None) -> Struct:
        order = "<" if byteorder == "little" else ">"
        return Struct(order + (narrow if wide is None or bits == 32 else wide))

    return Layout(
        bits=bits,
        byteorder=byteorder,
        header=struct("HHIIIIIHHHHHH", "HHIQQQIHHHHHH"),
        segment=struct("III4xI4xII", "IIQQ8xQ8xQ"),
        section=struct("IIIIIIII8x", "IIQQQQII16x"),
        dynamic=struct("II", "QQ"),
        symbol_size=16 if bits == 32 else 24,
        symbol_word=struct("BBH"),
        rel=struct("4xI", "8xII"),
        rela=struct("4xI4x", "8xII8x"),
        verdef=struct("HHHH4xII"),
        verdaux=struct("II"),
        verneed=struct("HHIII"),
        vernaux=struct("4xHHII"),
        gnu_hash=struct("IIII"),
        note=struct("III"),
        word=struct("I"),
        xword=struct("Q"),
    )


LAYOUTS = {
    (1, 1): _layout(32, "little"),
    (1, 2): _layout(32, "big"),
    (2, 1): _layout(64, "little"),
    (2, 2): _layout(64, "big"),
}
